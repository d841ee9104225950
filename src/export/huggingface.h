#pragma once

#include <filesystem>
#include <string>

#include "checkpoint/translation_model.h"

namespace heed {

// A directory that Hugging Face transformers (5.x) loads: AutoModelForSeq2SeqLM gives a MarianMTModel for a post-norm
// Transformer and a PegasusForConditionalGeneration for a pre-norm one, AutoTokenizer a MarianTokenizer; `generate`
// then searches as Heed does. README.md, the model card, begins with how to load it and ends with `report`: what is
// known of the training, in Markdown. Committed whole; one that is there is replaced in one step. ConfigError where
// transformers has no such model: other kinds, learned positions, text already in tokens.
void export_huggingface(const TranslationModel& model, const std::filesystem::path& directory,
                        const std::string& report);

// The way back, for these two architectures and directories like the public OPUS-MT models: model.safetensors,
// config.json, vocab.json (and target_vocab.json), source.spm, target.spm; generation_config.json and
// tokenizer_config.json where there. Its special ids, output bias and start embedding are kept: the model translates as
// it does there, and training can start from it.
// CheckpointError or DataError naming the file, and the key or tensor, that is missing, damaged or beyond what Heed
// has.
TranslationModel import_huggingface(const std::filesystem::path& directory);

}  // namespace heed

#pragma once

#include <filesystem>

#include "checkpoint/translation_model.h"
#include "export/quantization.h"

namespace heed {

// A directory that CTranslate2 (4.x) loads as a Translator: model.bin, config.json, the vocabularies, the tokenizers'
// models and a README.md that says how. Committed whole; one that is there is replaced in one step. With float32
// weights it computes what Heed does, to float rounding. ConfigError where CTranslate2 has no such model: it runs
// Transformers only.
void export_ctranslate2(const TranslationModel& model, const std::filesystem::path& directory,
                        Quantization quantization);

// The pieces that Heed's search never generates. CTranslate2 keeps no such list with a model: they are an argument of
// its translate_batch, suppress_sequences.
std::vector<std::string> suppressed_pieces(const Vocabulary& target);

}  // namespace heed

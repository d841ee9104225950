#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "checkpoint/checkpoint.h"
#include "config/config.h"
#include "model/encoder_decoder.h"
#include "text/tokenizers.h"

namespace heed {

// A checkpoint, ready to translate: what a Translator is made from.
struct TranslationModel {
  Config config;
  Tokenizers tokenizers;
  EncoderDecoder model;
  std::filesystem::path checkpoint = {};  // that it was read from; empty: none
  std::string state = {};                 // its state.json
};

// The keys of a model's config that may still be given after training, by the beginning of their names.
using OpenKeys = std::vector<std::string>;
inline const OpenKeys kDecodingKeys = {"decode.", "data.invalid_utf8"};

// The tokenizers that a checkpoint holds. DataError where they are damaged.
Tokenizers tokenizers_of(const Checkpoint& checkpoint, const ModelConfig& model, const std::string& origin);

// `path` is a run directory (its best checkpoint, else the latest) or a checkpoint; every byte is verified. `device` as
// run.device; empty: the CPU for a model trained on it, else what this machine has. `overrides` are "section.key=value"
// of `open_keys`; the others are fixed by training. ConfigError for these two; CheckpointError where files are damaged
// or the weights do not fit config and vocabularies.
TranslationModel load_translation_model(const std::filesystem::path& path, const std::string& device = "",
                                        const std::vector<std::string>& overrides = {},
                                        const OpenKeys& open_keys = kDecodingKeys);

}  // namespace heed

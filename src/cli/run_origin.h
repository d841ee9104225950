#pragma once

#include <filesystem>
#include <string>

#include "checkpoint/checkpoint.h"
#include "config/config.h"
#include "model/encoder_decoder.h"
#include "text/tokenizers.h"

namespace heed {

// The checkpoint that a run starts from: its own newest one (--resume), or another model's (train.initialize_from).
struct RunOrigin {
  std::string name;
  Checkpoint checkpoint;
  Config config;
};

RunOrigin read_origin(const std::filesystem::path& checkpoint);      // of the run whose lock this process holds
RunOrigin read_origin_of_model(const std::filesystem::path& model);  // as MODEL on the command line (open_model)

// Gives a config the values of `model` for the keys of its model section that the person has not set.
void take_unset_model_keys(LoadedConfig& loaded, const ModelConfig& model);

// Gives a new run the model section of its origin, but for the keys that the person has set. ConfigError, with both
// values, where one of these decides the shapes or the meaning of weights and differs.
void take_model(LoadedConfig& loaded, const RunOrigin& origin);

// ConfigError, with both values, where the person has set a key of the tokenizer that its origin's has otherwise: it
// would have no effect.
void require_tokenizer_of(const RunOrigin& origin, const LoadedConfig& loaded);

// The origin's tokenizers, recorded in the config as what they are; only how they cut may be chosen anew.
Tokenizers take_tokenizers(Config& config, const RunOrigin& origin);

// Fills a new run's model with the origin's weights, piece by piece where the run has words of its own.
void take_weights(EncoderDecoder& model, const RunOrigin& origin, const Config& config, const Tokenizers& tokenizers);

}  // namespace heed

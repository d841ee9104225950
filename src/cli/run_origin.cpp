#include "cli/run_origin.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <vector>

#include "checkpoint/tensor_check.h"
#include "checkpoint/translation_model.h"
#include "checkpoint/vocabulary_transfer.h"
#include "cli/resume_rules.h"
#include "core/error.h"
#include "core/logging.h"

namespace heed {

RunOrigin read_origin(const std::filesystem::path& checkpoint) {
  RunOrigin origin{checkpoint.string(), read_checkpoint(checkpoint), {}};
  origin.config = parse_config(origin.checkpoint.config, origin.name + "/config.yaml");
  return origin;
}

void take_model(LoadedConfig& loaded, const RunOrigin& origin) {
  std::vector<std::string> chosen, different;
  for (const std::string& key : loaded.keys_set) {
    if (!key.starts_with("model.")) continue;
    const std::string here = value_of(loaded.config, key), there = value_of(origin.config, key);
    chosen.push_back(key + "=" + here);
    if (fixes_weights(key) && here != there)
      different.push_back(fmt::format("{}: it has {}, this config {}", key, there, here));
  }
  if (!different.empty())
    throw ConfigError(
        fmt::format("train.initialize_from {}: its model is another: {}; keys that are left out of the "
                    "model section are taken from it",
                    origin.name, fmt::join(different, "; ")));
  loaded.config.model = origin.config.model;
  apply_overrides(loaded.config, chosen);
}

Tokenizers take_tokenizers(Config& config, const RunOrigin& origin) {
  const double sampling = config.tokenizer.sampling;
  config.tokenizer = origin.config.tokenizer;
  config.tokenizer.sampling = sampling;
  return tokenizers_of(origin.checkpoint, origin.name);
}

void take_weights(EncoderDecoder& model, const RunOrigin& origin, const Config& config, const Tokenizers& tokenizers) {
  const std::string file = origin.name + "/model.safetensors";
  if (config.train.initialize_tokenizer) {
    load_weights(*model, origin.checkpoint.model, file);
    return log_info(origin.name + ": training starts from its weights");
  }
  const CarriedPieces carried = load_weights_by_piece(model, origin.checkpoint.model,
                                                      tokenizers_of(origin.checkpoint, origin.name), tokenizers, file);
  log_info(fmt::format("{}: {} of {} source and {} of {} target pieces carried over", origin.name, carried.source,
                       tokenizers.source->vocabulary().size(), carried.target, tokenizers.target->vocabulary().size()));
}

}  // namespace heed

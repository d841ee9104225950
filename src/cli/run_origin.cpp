#include "cli/run_origin.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <string_view>
#include <utility>
#include <vector>

#include "checkpoint/open_checkpoint.h"
#include "checkpoint/tensor_check.h"
#include "checkpoint/translation_model.h"
#include "checkpoint/vocabulary_transfer.h"
#include "cli/resume_rules.h"
#include "config/idle_keys.h"
#include "core/error.h"
#include "core/logging.h"

namespace heed {
namespace {

// "model.d_model: it has 512, this config 256; ..." of the keys that the person has set and that are `meant`.
std::string differences(const LoadedConfig& loaded, const RunOrigin& origin, bool (*meant)(std::string_view key)) {
  std::vector<std::string> different;
  for (const std::string& key : loaded.keys_set) {
    if (!meant(key)) continue;
    const std::string here = value_of(loaded.config, key), there = value_of(origin.config, key);
    if (here != there) different.push_back(fmt::format("{}: it has {}, this config {}", key, there, here));
  }
  return fmt::format("{}", fmt::join(different, "; "));
}

RunOrigin origin_from(const std::filesystem::path& directory, Checkpoint checkpoint) {
  RunOrigin origin{directory.string(), std::move(checkpoint), {}};
  origin.config = parse_config(origin.checkpoint.config, origin.name + "/config.yaml");
  return origin;
}

}  // namespace

RunOrigin read_origin(const std::filesystem::path& checkpoint) {
  return origin_from(checkpoint, read_checkpoint(checkpoint));
}

RunOrigin read_origin_of_model(const std::filesystem::path& model) {
  const OpenCheckpoint files = open_model(model);
  return origin_from(files.directory(), files.read());
}

void take_unset_model_keys(LoadedConfig& loaded, const ModelConfig& model) {
  std::vector<std::string> chosen;
  for (const std::string& key : loaded.keys_set)
    if (key.starts_with("model.")) chosen.push_back(key + "=" + value_of(loaded.config, key));
  loaded.config.model = model;
  apply_overrides(loaded.config, chosen);
}

void take_model(LoadedConfig& loaded, const RunOrigin& origin) {
  const std::string different = differences(loaded, origin, fixes_weights);
  if (!different.empty())
    throw ConfigError(
        fmt::format("train.initialize_from {}: its model is another: {}; keys that are left out of the "
                    "model section are taken from it",
                    origin.name, different));
  take_unset_model_keys(loaded, origin.config.model);
  Config known = loaded.config;  // its keys now count, or not, as those of any model
  known.train.initialize_from.clear();
  for (const auto& [key, need] : idle_keys(known))
    if (key.starts_with("model.") && loaded.sets(key))
      throw ConfigError(fmt::format("{} {} has no effect in the model of train.initialize_from {}: {}", key,
                                    value_of(known, key), origin.name, need));
}

void require_tokenizer_of(const RunOrigin& origin, const LoadedConfig& loaded) {
  const auto of_the_words = [](std::string_view key) {
    return key.starts_with("tokenizer.") && key != "tokenizer.sampling";
  };
  const std::string different = differences(loaded, origin, of_the_words);
  if (!different.empty())
    throw ConfigError(
        fmt::format("train.initialize_from {}: its tokenizer is another: {}; leave the keys out, or set "
                    "train.initialize_tokenizer: false to train the tokenizer of this config",
                    origin.name, different));
}

Tokenizers take_tokenizers(Config& config, const RunOrigin& origin) {
  const double sampling = config.tokenizer.sampling;
  config.tokenizer = origin.config.tokenizer;
  config.tokenizer.sampling = sampling;
  return tokenizers_of(origin.checkpoint, config.model, origin.name);
}

void take_weights(EncoderDecoder& model, const RunOrigin& origin, const Config& config, const Tokenizers& tokenizers) {
  const std::string file = origin.name + "/model.safetensors";
  if (config.train.initialize_tokenizer) {
    load_weights(*model, origin.checkpoint.model, file);
    return log_info(origin.name + ": training starts from its weights");
  }
  const CarriedPieces carried =
      load_weights_by_piece(model, origin.checkpoint.model,
                            tokenizers_of(origin.checkpoint, origin.config.model, origin.name), tokenizers, file);
  log_info(fmt::format("{}: {} of {} source and {} of {} target pieces carried over", origin.name, carried.source,
                       tokenizers.source->vocabulary().size(), carried.target, tokenizers.target->vocabulary().size()));
}

}  // namespace heed

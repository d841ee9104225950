// updates_dump DIR --type double|float [--model.key=value ...]
//
// Trains a small model for 20 updates without dropout and writes what tests/interop/pytorch_updates.py needs to
// do the same: initial.safetensors, batches.jsonl (support/id_batches.h), gradients.safetensors (of the loss summed
// over the tokens, in update 1) and losses.json: {"settings": {...}, "losses": [per token, before each update]}.

#include <CLI/CLI.hpp>
#include <filesystem>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "cli/commands.h"
#include "config/config.h"
#include "core/atomic_file.h"
#include "model/encoder_decoder.h"
#include "model/initialization.h"
#include "support/id_batches.h"
#include "support/tiny_model.h"
#include "support/tool.h"
#include "support/update_loop.h"
#include "tensor/safetensors.h"

namespace heed::testing {
namespace {

namespace fs = std::filesystem;

constexpr int64_t kUpdates = 20, kSentences = 12, kLongest = 24, kSourceVocabulary = 61;

struct Options {
  std::string directory, type;
  std::vector<std::string> overrides;
};

// The warm-up ends within the 20 updates; some gradients are clipped and some are not. The default learning rate: with
// ten times as much the steps are so large that in fp32 a single relu whose input rounds to the other side of 0 moves
// the loss of later updates by 1e-4 and more.
Config config_of(const Options& options) {
  std::vector<std::string> keys = {
      "model.d_model=32",           "model.d_ff=48",   "model.num_heads=4",      "model.num_encoder_layers=2",
      "model.num_decoder_layers=3", "model.dropout=0", "schedule.warmup_steps=8"};
  keys.insert(keys.end(), options.overrides.begin(), options.overrides.end());
  return parse_config("run: {seed: 3}", "updates_dump", keys);
}

int64_t target_vocabulary(const Config& config) {
  return config.model.tie_embeddings == TieEmbeddings::kAll ? kSourceVocabulary : kSourceVocabulary - 10;
}

std::vector<Batch> make_batches(int64_t vocabulary_size) {
  std::vector<Batch> batches;
  RandomStream stream(mix64(11));
  const auto length = [&] { return static_cast<int64_t>(stream.below(kLongest)); };
  for (int64_t b = 0; b < kUpdates; ++b) {
    std::vector<int64_t> sources, targets;
    for (int64_t i = 0; i < kSentences; ++i) {
      sources.push_back(length());
      targets.push_back(length());
    }
    batches.push_back(random_batch(sources, targets, static_cast<uint64_t>(b + 1), vocabulary_size));
  }
  return batches;
}

nlohmann::ordered_json settings_of(const Config& config) {
  return {{"num_heads", config.model.num_heads},
          {"bos", kBos},
          {"label_smoothing", config.train.label_smoothing},
          {"learning_rate", config.optimizer.learning_rate},
          {"betas", config.optimizer.betas},
          {"epsilon", config.optimizer.epsilon},
          {"clip_norm", config.optimizer.clip_norm},
          {"warmup_steps", config.schedule.warmup_steps}};
}

void train(const Options& options) {
  const Config config = config_of(options);
  const fs::path directory = options.directory;
  const torch::ScalarType type = options.type == "double" ? torch::kDouble : torch::kFloat;
  EncoderDecoder model(config.model, kSourceVocabulary, target_vocabulary(config));
  initialize(model, static_cast<uint64_t>(config.run.seed));
  model->to(type);
  model->set_compute_type(type);

  UpdateLoop loop(config, model);
  FlatParameters& parameters = loop.parameters();
  const auto write = [&](const char* name, const torch::Tensor& flat) {
    write_file_atomically(directory / name, serialize_safetensors(parameters.views(flat)));
  };
  write("initial.safetensors", parameters.weights());
  std::string lines;
  std::vector<double> losses;
  for (const Batch& batch : make_batches(target_vocabulary(config))) {
    const UpdateLoop::Result result = loop.update(batch);
    if (losses.empty()) write("gradients.safetensors", parameters.gradients());
    losses.push_back(result.loss / static_cast<double>(result.tokens));
    lines += to_json_line(batch) + "\n";
  }
  write_file_atomically(directory / "batches.jsonl", lines);
  const nlohmann::ordered_json report = {{"settings", settings_of(config)}, {"losses", losses}};
  write_file_atomically(directory / "losses.json", report.dump(2) + "\n");
}

}  // namespace
}  // namespace heed::testing

int main(int argc, char** argv) {
  CLI::App app{"Twenty updates, for comparison with another implementation."};
  app.name("updates_dump");
  heed::testing::Options options;
  app.add_option("directory", options.directory, "an existing directory")->required()->check(CLI::ExistingDirectory);
  app.allow_extras();
  app.add_option("--type", options.type)->required()->check(CLI::IsMember({"double", "float"}));
  return heed::testing::run_tool(app, argc, argv, [&] {
    options.overrides = heed::config_overrides(app);
    heed::testing::train(options);
  });
}

// train_window CONFIG [--batches FILE] [--threads N] [--device D] [--section.key=value ...]
//
// Trains the model of a config window by window, for scripts/benchmark_train.py, which describes the protocol: a line
// of JSON on stdout for each line of JSON on stdin. Heed's own parts do the work (support/update_loop.h). Batches come
// from FILE (support/id_batches.h); without it they are made as batch_dump makes them, so the same. With --vocabulary N
// the config's data and tokenizers are left alone and the model has N pieces: then FILE must be given.
//   {"command": "profile", "from": b, "updates": k, "file": F}   as run, and writes a trace of PyTorch's profiler to F

#include <CLI/CLI.hpp>
#include <chrono>
#include <fstream>
#include <iostream>
#include <memory>
#include <nlohmann/json.hpp>

#include "cli/commands.h"
#include "cli/threads.h"
#include "cli/train_run.h"
#include "config/config.h"
#include "core/error.h"
#include "core/logging.h"
#include "model/encoder_decoder.h"
#include "model/initialization.h"
#include "support/corpus_batches.h"
#include "support/id_batches.h"
#include "support/profiled.h"
#include "support/tool.h"
#include "support/update_loop.h"
#include "tensor/device.h"

namespace heed::testing {
namespace {

using Json = nlohmann::ordered_json;

struct Options {
  CommonOptions common;
  std::string config, batches;
  int64_t vocabulary = 0;
};

// The highest resident memory of this process, in KiB.
int64_t peak_kb() {
  std::ifstream status("/proc/self/status");
  for (std::string line; std::getline(status, line);)
    if (line.starts_with("VmHWM:")) return std::stoll(line.substr(6));
  return 0;
}

Config load(const Options& options, std::vector<std::string> overrides) {
  if (options.common.threads > 0) overrides.push_back("run.threads=" + std::to_string(options.common.threads));
  if (!options.common.device.empty()) overrides.push_back("run.device=" + options.common.device);
  Config config = load_config(options.config, overrides);
  resolve_automatic(config);
  return config;
}

struct Vocabularies {
  int64_t source = 0, target = 0, bos = 2;
};

EncoderDecoder build_model(const Config& config, const Vocabularies& sizes) {
  EncoderDecoder model(config.model, sizes.source, sizes.target);
  initialize(model, static_cast<uint64_t>(config.run.seed));
  model->to(resolve_device(config.run.device, "run.device"));
  model->set_compute_type(config.run.precision == Precision::kBf16 ? torch::kBFloat16 : torch::kFloat);
  return model;
}

class Session {
 public:
  Session(const Config& config, const Options& options)
      : corpus_(options.vocabulary > 0 ? nullptr : std::make_unique<CorpusBatches>(config)),
        sizes_(sizes(options.vocabulary)),
        model_(build_model(config, sizes_)),
        loop_(config, model_) {
    if (!options.batches.empty()) file_.open(options.batches);
    if (file_.is_open()) return;
    if (!options.batches.empty()) throw Error(options.batches + ": cannot be read");
    if (!corpus_) throw Error("--vocabulary needs --batches");
  }

  Json answer(const Json& request) {
    const std::string command = request.at("command");
    if (command == "info") return info();
    if (command == "run") return run(request.at("from"), request.at("updates"));
    if (command == "profile") return profile(request);
    throw Error("expected the command info, run or profile, found '" + command + "'");
  }

 private:
  Vocabularies sizes(int64_t given) const {
    if (given > 0) return {given, given};
    const Tokenizers& tokenizers = corpus_->tokenizers();
    return {tokenizers.source->vocabulary().size(), tokenizers.target->vocabulary().size(),
            tokenizers.target->vocabulary().special().bos};
  }

  Json info() {
    return {{"parameters", loop_.parameters().count()}, {"peak_kb", peak_kb()}, {"vocabulary", sizes_.target}};
  }

  Json run(size_t from, size_t updates) {
    while (batches_.size() < from + updates) batches_.push_back(next_batch());
    double loss = 0;
    int64_t tokens = 0;
    const auto start = std::chrono::steady_clock::now();
    for (size_t b = from; b < from + updates; ++b) {
      const UpdateLoop::Result result = loop_.update(batches_[b]);
      loss += result.loss;
      tokens += result.tokens;
    }
    loop_.parameters().weights()[0].item();  // waits for a GPU
    const std::chrono::duration<double> seconds = std::chrono::steady_clock::now() - start;
    return {{"tokens", tokens}, {"seconds", seconds.count()}, {"loss", loss / static_cast<double>(tokens)}};
  }

  Json profile(const Json& request) {
    Json result;
    profiled(request.at("file"), loop_.parameters().weights().is_cuda(),
             [&] { result = run(request.at("from"), request.at("updates")); });
    return result;
  }

  Batch next_batch() {
    if (!file_.is_open()) return corpus_->next();
    std::string line;
    if (!std::getline(file_, line)) throw Error("the file of batches ends after " + std::to_string(batches_.size()));
    return from_json_line(line, sizes_.bos);
  }

  std::unique_ptr<CorpusBatches> corpus_;
  Vocabularies sizes_;
  EncoderDecoder model_;
  UpdateLoop loop_;
  std::ifstream file_;
  std::vector<Batch> batches_;
};

void serve(const Options& options, const std::vector<std::string>& overrides) {
  set_quiet(options.common.quiet);
  const Config config = load(options, overrides);
  set_threads(config.run.threads);
  Session session(config, options);
  for (std::string line; std::getline(std::cin, line);)
    std::cout << session.answer(Json::parse(line)).dump() << std::endl;  // flushed: the other side waits for it
}

}  // namespace
}  // namespace heed::testing

int main(int argc, char** argv) {
  CLI::App app{"Trains windows of batches on demand; see scripts/benchmark_train.py."};
  app.name("train_window");
  heed::testing::Options options;
  heed::add_common_options(app, options.common);
  app.add_option("config", options.config, "the run's YAML file; --section.key=value changes a key")->required();
  app.add_option("--batches", options.batches, "JSON lines of ids (default: the batches of the config's corpus)");
  app.add_option("--vocabulary", options.vocabulary, "pieces of the model, instead of the tokenizers'");
  app.allow_extras();
  return heed::testing::run_tool(app, argc, argv, [&] { heed::testing::serve(options, heed::config_overrides(app)); });
}

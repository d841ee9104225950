#include "cli/train_run.h"

#include <ATen/Parallel.h>
#include <fmt/format.h>

#include <algorithm>
#include <filesystem>
#include <memory>
#include <optional>
#include <thread>

#include "checkpoint/checkpoint.h"
#include "checkpoint/tensor_check.h"
#include "checkpoint/translation_model.h"
#include "checkpoint/vocabulary_transfer.h"
#include "cli/resume_rules.h"
#include "core/atomic_file.h"
#include "core/logging.h"
#include "data/parallel_corpus.h"
#include "kernels/cpu/cpu_kernels.h"
#include "model/encoder_decoder.h"
#include "model/initialization.h"
#include "tensor/device.h"
#include "text/tokenizer_training.h"
#include "train/trainer.h"
#include "watch/early_lines.h"
#include "watch/train_observers.h"
#include "watch/work_display.h"

namespace heed {
namespace {

namespace fs = std::filesystem;

// The checkpoint that a run starts from: its own newest one, or another model's.
struct Origin {
  std::string name;
  Checkpoint checkpoint;
  Config config;
};

Origin read_origin(const fs::path& directory) {
  Origin origin{directory.string(), read_checkpoint(directory), {}};
  origin.config = parse_config(origin.checkpoint.config, origin.name + "/config.yaml");
  return origin;
}

Tokenizers new_tokenizers(const Config& config) {
  return make_tokenizers(config.tokenizer, training_texts(config.data), static_cast<uint64_t>(config.run.seed));
}

// Another model's tokenizers are recorded as what they are; only how they cut may be chosen anew.
Tokenizers take_tokenizers(Config& config, const Origin& origin) {
  const double sampling = config.tokenizer.sampling;
  config.tokenizer = origin.config.tokenizer;
  config.tokenizer.sampling = sampling;
  return tokenizers_of(origin.checkpoint, origin.name);
}

EncoderDecoder build_model(const Config& config, const Tokenizers& tokenizers) {
  EncoderDecoder model(config.model, tokenizers.source->vocabulary().size(), tokenizers.target->vocabulary().size());
  initialize(model, static_cast<uint64_t>(config.run.seed));
  model->to(resolve_device(config.run.device, "run.device"));
  model->set_compute_type(config.run.precision == Precision::kBf16 ? torch::kBFloat16 : torch::kFloat);
  return model;
}

// A kill may have fallen between a checkpoint and the links to it.
void restore_links(const RunDirectory& run, const TrainState& state) {
  run.set_latest(state.step);
  if (state.best_step > 0 && fs::exists(run.checkpoint(state.best_step))) run.set_best(state.best_step);
}

void describe(const Config& config, const Tokenizers& tokenizers, const Trainer& trainer) {
  log_info(fmt::format("{} parameters; vocabulary {} / {}; {} on {} threads of {} ({}), {}",
                       trainer.parameters().count(), tokenizers.source->vocabulary().size(),
                       tokenizers.target->vocabulary().size(), config.run.device, config.run.threads, config.run.cpu,
                       cpu_instruction_set(), std::string(name_of(config.run.precision))));
}

// The weights of another model, at the start of a run.
void initialize_from(EncoderDecoder& model, const Origin& origin, const Config& config, const Tokenizers& tokenizers) {
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

}  // namespace

void resolve_automatic(Config& config) {
  if (config.run.threads == 0) config.run.threads = std::max(1u, std::thread::hardware_concurrency());
  const c10::Device device = resolve_device(config.run.device, "run.device");
  config.run.device = device.str();
  if (config.run.precision == Precision::kAuto)
    config.run.precision = device.is_cuda() ? Precision::kBf16 : Precision::kFp32;
  if (config.model.positions == Positions::kLearned && config.model.max_positions == 0)
    config.model.max_positions =
        1 + std::max({config.data.max_source_length, config.data.max_target_length, config.decode.max_length});
  if (config.run.cpu.empty()) config.run.cpu = cpu_name();
}

void run_training(TrainRequest request) {
  Config& config = request.config;
  const RunDirectory run{fs::path(config.run.directory)};
  const RunLock lock(run.path());
  check_directory(run, request.existing);
  EarlyLines early_lines;
  std::optional<LiveLine> line;
  std::optional<WorkDisplay> works;
  if (!request.quiet) works.emplace(line.emplace());

  std::optional<fs::path> resumed;
  if (request.existing == ExistingRun::kResume) resumed = checkpoint_to_resume(run);
  std::optional<Origin> origin;
  if (resumed) {
    origin = read_origin(*resumed);
    continue_config(config, origin->config, origin->name);
  } else if (!config.train.initialize_from.empty()) {
    origin = read_origin(resolve_model(config.train.initialize_from));
  }
  resolve_automatic(config);
  at::set_num_threads(static_cast<int>(config.run.threads));

  // All that can be wrong with the input shows here, while an earlier run is still untouched.
  const bool words_of_origin = origin && (resumed || config.train.initialize_tokenizer);
  const Tokenizers tokenizers = words_of_origin ? take_tokenizers(config, *origin) : new_tokenizers(config);
  const ParallelCorpus corpus = ParallelCorpus::open(config.data.train, config.data, tokenizers,
                                                     {config.tokenizer.sampling > 0 ? KeepText::kYes : KeepText::kNo});
  EncoderDecoder model = build_model(config, tokenizers);
  if (origin && !resumed) initialize_from(model, *origin, config, tokenizers);
  std::optional<Validator> validator;
  if (!config.data.validation.empty()) validator.emplace(config, model, tokenizers);

  if (request.existing == ExistingRun::kOverwrite) clear_run(run);
  run.create();
  write_file_atomically(run.config_file(), dump_config(config));
  const TrainObservers observers(config, run, line ? &*line : nullptr, early_lines.take());

  const auto* signals = request.signals;
  Trainer trainer({config, model, tokenizers, corpus, validator ? &*validator : nullptr, run, observers.list(),
                   [signals] { return signals && signals->load() > 0; }, [&lock] { lock.require_held(); }});
  if (resumed) {
    trainer.resume(origin->checkpoint, origin->name);
    restore_links(run, trainer.state());
  }
  origin.reset();
  describe(config, tokenizers, trainer);
  const std::string why = trainer.train();
  log_info(fmt::format("stopped at update {}: {}", trainer.state().step, why));
  if (signals && signals->load() > 0)
    log_info(fmt::format("saved; continue with: heed train CONFIG --resume (run directory {})", run.path().string()));
}

}  // namespace heed

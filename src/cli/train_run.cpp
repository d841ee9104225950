#include "cli/train_run.h"

#include <ATen/Parallel.h>
#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <filesystem>
#include <memory>
#include <optional>
#include <thread>

#include "checkpoint/checkpoint.h"
#include "checkpoint/tensor_check.h"
#include "checkpoint/translation_model.h"
#include "cli/train_observers.h"
#include "core/atomic_file.h"
#include "core/durable_directory.h"
#include "core/error.h"
#include "core/logging.h"
#include "data/parallel_corpus.h"
#include "kernels/cpu/cpu_kernels.h"
#include "model/encoder_decoder.h"
#include "model/initialization.h"
#include "tensor/device.h"
#include "text/tokenizer_training.h"
#include "train/trainer.h"

namespace heed {
namespace {

namespace fs = std::filesystem;

// Keys that may change between a run and its continuation: limits, logging, directories, where it runs, and what only
// concerns translations shown or made later.
const std::vector<std::string> kFreeKeys = {"run.directory",         "run.device",
                                            "run.threads",           "run.cpu",
                                            "data.test.source",      "data.test.target",
                                            "data.cache_directory",  "train.max_epochs",
                                            "train.max_minutes",     "train.log_every",
                                            "train.save_every",      "train.keep",
                                            "train.patience",        "train.sample_lines",
                                            "train.max_bad_updates", "train.initialize_from",
                                            "train.validate_every",  "train.validate_every_epochs",
                                            "decode.beam_size",      "decode.n_best"};

bool is_free(const Config& config, const std::string& key) {
  // linear and cosine end at max_steps: there it is part of the schedule.
  if (key == "train.max_steps")
    return config.schedule.type != ScheduleType::kLinear && config.schedule.type != ScheduleType::kCosine;
  return std::find(kFreeKeys.begin(), kFreeKeys.end(), key) != kFreeKeys.end();
}

// What `config` leaves automatic is as the run decided it.
void take_decisions(Config& config, const Config& run) {
  if (config.run.threads == 0) config.run.threads = run.run.threads;
  if (config.run.device == "auto") config.run.device = run.run.device;
  if (config.run.precision == Precision::kAuto) config.run.precision = run.run.precision;
  if (config.model.max_positions == 0) config.model.max_positions = run.model.max_positions;
  config.run.cpu = run.run.cpu;
}

void refuse_changes(const Config& config, const Config& run, const std::string& origin) {
  std::vector<std::string> changed;
  for (const std::string& key : differing_keys(run, config))
    if (!is_free(config, key)) changed.push_back(key);
  if (changed.empty()) return;
  throw ConfigError(
      fmt::format("{}: cannot resume with another {}: the run would not be the same; restore it, or train "
                  "into another run.directory (train.initialize_from starts from these weights)",
                  origin, fmt::join(changed, ", ")));
}

void notice_other_machine(const Config& run) {
  if (run.run.cpu != cpu_name())
    log_warning(fmt::format("the run began on a CPU '{}', this one is '{}': weights may differ in their last bits",
                            run.run.cpu, cpu_name()));
}

std::optional<fs::path> checkpoint_to_resume(const RunDirectory& run) {
  const NewestCheckpoint newest = run.newest_verified();
  for (const RejectedCheckpoint& rejected : newest.rejected)
    log_warning(
        fmt::format("{} does not verify ({}); looking for an older one", rejected.path.string(), rejected.reason));
  if (!newest.path) {
    log_info(fmt::format("{}: no checkpoint to resume from, starting from the beginning", run.path().string()));
    return std::nullopt;
  }
  run.remove_after(newest.step);
  return newest.path;
}

void clear_run(const RunDirectory& run) {
  for (const fs::path& entry : {run.checkpoints(), run.tensorboard(), run.attention()})
    if (fs::exists(entry)) remove_directory(entry);
  for (const char* name :
       {"best", "latest", "metrics.jsonl", "validations.tsv", "train.log", "config.yaml", "curves.svg"})
    fs::remove(run.path() / name);
}

void prepare_directory(const RunDirectory& run, ExistingRun existing) {
  const bool holds_run = fs::exists(run.config_file()) || !run.steps().empty();
  if (existing == ExistingRun::kRefuse && holds_run)
    throw ConfigError(
        fmt::format("{} already holds a run: --resume continues it, --overwrite starts anew", run.path().string()));
  run.remove_stale();
  if (existing == ExistingRun::kOverwrite) clear_run(run);
  run.create();
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
  prepare_directory(run, request.existing);

  // What this run, or the one it starts from, already knows.
  std::optional<fs::path> resumed;
  if (request.existing == ExistingRun::kResume) resumed = checkpoint_to_resume(run);
  std::optional<Checkpoint> origin;
  std::string origin_name;
  if (resumed || !config.train.initialize_from.empty()) {
    const fs::path directory = resumed ? *resumed : resolve_model(config.train.initialize_from);
    origin_name = directory.string();
    origin = read_checkpoint(directory);
  }
  if (resumed) {
    const Config before = parse_config(origin->config, origin_name + "/config.yaml");
    take_decisions(config, before);
    refuse_changes(config, before, origin_name);
    notice_other_machine(before);
  }
  resolve_automatic(config);
  at::set_num_threads(static_cast<int>(config.run.threads));

  const TrainObservers observers(config, run, request.quiet);
  const Tokenizers tokenizers =
      origin ? tokenizers_of(*origin, origin_name)
             : make_tokenizers(config.tokenizer, training_texts(config.data), static_cast<uint64_t>(config.run.seed));
  const ParallelCorpus corpus = ParallelCorpus::open(config.data.train, config.data, tokenizers,
                                                     config.tokenizer.sampling > 0 ? KeepText::kYes : KeepText::kNo);
  EncoderDecoder model = build_model(config, tokenizers);
  if (origin && !resumed) load_weights(*model, origin->model, origin_name + "/model.safetensors");
  std::optional<Validator> validator;
  if (!config.data.validation.empty()) validator.emplace(config, model, tokenizers);
  write_file_atomically(run.config_file(), dump_config(config));

  const auto* signals = request.signals;
  Trainer trainer({config, model, tokenizers, corpus, validator ? &*validator : nullptr, run, observers.list(),
                   [signals] { return signals && signals->load() > 0; }});
  if (resumed) {
    trainer.resume(*origin, origin_name);
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

#include "cli/train_run.h"

#include <fmt/format.h>

#include <algorithm>
#include <atomic>
#include <csignal>
#include <filesystem>
#include <memory>
#include <optional>

#include "checkpoint/checkpoint_space.h"
#include "cli/run_claim.h"
#include "cli/run_origin.h"
#include "cli/threads.h"
#include "cli/training_parts.h"
#include "core/atomic_file.h"
#include "core/interruption.h"
#include "core/logging.h"
#include "core/version.h"
#include "data/guided_alignment.h"
#include "data/parallel_corpus.h"
#include "kernels/instruction_set.h"
#include "model/encoder_decoder.h"
#include "nn/attention/resolve_scores.h"
#include "nn/linear_speed.h"
#include "tensor/device.h"
#include "train/trainer.h"
#include "watch/early_lines.h"
#include "watch/train_observers.h"
#include "watch/validations_file.h"
#include "watch/work_display.h"

namespace heed {
namespace {

namespace fs = std::filesystem;

// A kill may have fallen between a checkpoint and the links to it.
void restore_links(const RunDirectory& run, const TrainState& state) {
  run.set_latest(state.step);
  if (state.standing.best_step > 0 && fs::exists(run.checkpoint(state.standing.best_step)))
    run.set_best(state.standing.best_step);
}

void describe(const Config& config, const Tokenizers& tokenizers, const Trainer& trainer) {
  const std::string cpu = fmt::format("{} threads of {} ({})", config.run.threads, cpu_name(), cpu_instruction_set());
  const std::string gpu = gpu_name(resolve_device(config.run.device, "run.device"));
  log_info(fmt::format("{} parameters; vocabulary {} / {}; on {}, {}", trainer.parameters().count(),
                       tokenizers.source->vocabulary().size(), tokenizers.target->vocabulary().size(),
                       gpu.empty() ? cpu : fmt::format("{} ({}) and {}", config.run.device, gpu, cpu),
                       std::string(name_of(config.run.precision))));
}

void announce(const RunChanges& changes) {
  for (const ConfigChange& change : changes.list)
    log_info(fmt::format("{}: {} until here, from now on {}", change.key, change.before, change.after));
  if (!changes.list.empty())
    log_warning("--allow-changes: the result is no longer that of the run as it began, uninterrupted");
}

// The answer to the first signal, at once: what is still going to be finished.
void answer_signal(bool has_begun) {
  const int number = interruption();
  const std::string name = number == SIGINT ? "Ctrl-C" : number == SIGTERM ? "SIGTERM" : "the terminal is gone";
  log_info(name + (has_begun ? ": this update is finished and the run saved, a validation abandoned; once more ends at "
                               "once, unsaved"
                             : ": training has not begun, there is nothing to save"));
}

// The last line: the best model, and what to type next.
void conclude(const TrainRequest& request, const RunDirectory& run, const TrainState& state) {
  std::string text = state.standing.validated_step > 0 ? "no validation with a finite score" : "no validation";
  if (state.standing.best_step > 0) {
    const std::string scores = scores_text(run.validations_file(), state.standing.best_step);
    text = fmt::format("best: step {}{}", state.standing.best_step, scores.empty() ? "" : " (" + scores + ")");
  }
  if (interruption() != 0)
    text += fmt::format("; go on with: {} train {} --resume", request.program, request.arguments);
  else if (!request.config.config.data.test.empty())
    text += fmt::format("; next: {} evaluate {}", request.program, run.path().string());
  else
    text += fmt::format("; next: {} translate {}", request.program, run.path().string());
  log_info(text);
}

// Where a run starts from, and what its continuation changes.
struct RunStart {
  std::optional<RunOrigin> origin;
  bool resumes = false;
  RunChanges changes;
};

// Of a run that goes on: whether its texts are those it began with.
void compare_corpora(RunStart& start, const ParallelCorpus& training, const GuidedAlignment* guide,
                     const std::optional<Validator>& validator, Changes allowed) {
  const RunOrigin& origin = *start.origin;
  const TrainState state = TrainState::from_json(origin.checkpoint.state, origin.name + "/state.json");
  std::vector<CorpusComparison> corpora = {
      {"data.train", state.corpus_fingerprint, training.fingerprint()},
      {"train.guided_alignment", state.alignment_fingerprint, fingerprint_of(guide),
       state.alignment_fingerprint == fingerprint_of(nullptr) ? "no links" : "other links"}};
  if (validator) corpora.push_back({"data.validation", state.validation_fingerprint, validator->fingerprint()});
  continue_corpora(corpora, origin.name, allowed, start.changes);
}

// A checkpoint that was moved to another's name would be continued under a name that is not there.
void require_step_of_name(const RunOrigin& origin, const RunDirectory& run) {
  const int64_t step = TrainState::from_json(origin.checkpoint.state, origin.name + "/state.json").step;
  const std::string expected = run.checkpoint(step).filename();
  if (fs::path(origin.name).filename() != expected)
    throw CheckpointError(
        fmt::format("{}/state.json: step is {}: expected this in a directory {}; give it its name back", origin.name,
                    step, expected));
}

// Settles the config, too: nothing automatic is left in it.
RunStart find_start(TrainRequest& request, const RunDirectory& run) {
  Config& config = request.config.config;
  RunStart start;
  std::optional<fs::path> newest;
  if (request.existing == ExistingRun::kResume) newest = checkpoint_to_resume(run);
  if (newest) {
    start.resumes = true;
    start.origin = read_origin(*newest);
    require_step_of_name(*start.origin, run);
    if (!start.origin->config.train.initialize_from.empty())  // where its model came from
      take_unset_model_keys(request.config, start.origin->config.model);
    start.changes = continue_config(config, start.origin->config, start.origin->name, request.changes);
  } else if (!config.train.initialize_from.empty()) {
    start.origin = read_origin_of_model(config.train.initialize_from);
    take_model(request.config, *start.origin);
    if (config.train.initialize_tokenizer) require_tokenizer_of(*start.origin, request.config);
  }
  resolve_automatic(config);
  return start;
}

Tokenizers tokenizers_of_run(Config& config, const RunStart& start) {
  const bool words_of_origin = start.origin && (start.resumes || config.train.initialize_tokenizer);
  return words_of_origin ? take_tokenizers(config, *start.origin) : new_tokenizers(config);
}

// Whether this CPU's products gain by it. Narrow ones gain next to nothing anywhere; of wider ones the margin is far
// from what chance does to a measurement. So the same kind of CPU decides alike.
bool is_fast_in_bf16(const ModelConfig& model) {
  constexpr int64_t kRows = 512, kNarrow = 64, kWide = 512;  // wider says the same and takes longer
  constexpr double kWorthIt = 1.25;
  if (std::min(model.d_model, model.d_ff) < kNarrow) return false;
  return speed_in_bfloat16(kRows, std::min(model.d_model, kWide), std::min(model.d_ff, kWide)) >= kWorthIt;
}

}  // namespace

void resolve_automatic(Config& config) {
  if (config.run.threads == 0) config.run.threads = all_cores();
  const c10::Device device = resolve_device(config.run.device, "run.device");
  config.run.device = device.str();
  if (config.run.precision == Precision::kAuto)
    config.run.precision = device.is_cuda() || is_fast_in_bf16(config.model) ? Precision::kBf16 : Precision::kFp32;
  if (config.model.has_longest_sentence() && config.model.max_positions == 0)
    config.model.max_positions =
        1 + std::max({config.data.max_source_length, config.data.max_target_length, config.decode.max_length});
  resolve_scores(config.model);
  if (config.run.cpu.empty()) config.run.cpu = cpu_name();
  if (config.run.gpu_name.empty()) config.run.gpu_name = gpu_name(device);
}

void run_training(TrainRequest request) {
  std::atomic<bool> has_begun = false;
  const SignalListener listener([&has_begun] { answer_signal(has_begun); });
  Config& config = request.config.config;
  const RunDirectory run{fs::path(config.run.directory)};
  RunClaim claim(run.path());
  check_directory(run, request.existing);
  EarlyLines early_lines;
  std::optional<LiveLine> line;
  std::optional<WorkDisplay> works;
  if (!request.quiet) works.emplace(line.emplace());

  RunStart start = find_start(request, run);
  set_threads(config.run.threads);
  log_info(fmt::format("heed {} trains {}", kVersion, run.path().string()));

  // All that can be wrong with the input shows here, while an earlier run is still untouched.
  const Tokenizers tokenizers = tokenizers_of_run(config, start);
  const ParallelCorpus corpus = open_training_corpus(config, tokenizers);
  const std::optional<GuidedAlignment> guide = read_guide(config, corpus, tokenizers);
  EncoderDecoder model = build_model(config, tokenizers);
  if (start.origin && !start.resumes) take_weights(model, *start.origin, config, tokenizers);
  std::optional<Validator> validator;
  if (!config.data.validation.empty()) validator.emplace(config, model, tokenizers);
  if (start.resumes) compare_corpora(start, corpus, guide ? &*guide : nullptr, validator, request.changes);
  Trainer trainer({config,
                   model,
                   tokenizers,
                   corpus,
                   validator ? &*validator : nullptr,
                   run,
                   {},
                   [] { return interruption() != 0; },
                   [&claim] { claim.lock().require_held(); },
                   start.changes.list,
                   guide ? &*guide : nullptr});
  if (start.resumes) trainer.resume(start.origin->checkpoint, start.origin->name, start.changes.continuation);
  start.origin.reset();

  has_begun = true;
  throw_if_interrupted();
  if (request.existing == ExistingRun::kOverwrite) clear_run(run);
  run.create();
  claim.keep();
  write_file_atomically(run.config_file(), dump_config(config));
  const TrainObservers observers(config, run, line ? &*line : nullptr, early_lines.take());
  trainer.watch(observers.list());
  if (start.resumes) restore_links(run, trainer.state());
  announce(start.changes);
  describe(config, tokenizers, trainer);
  if (const auto warning = space_warning(run.path(), trainer.space_needed(), free_space)) log_warning(*warning);
  const std::string why = trainer.train();
  log_info(fmt::format("stopped at update {}: {}", trainer.state().step, why));
  conclude(request, run, trainer.state());
}

}  // namespace heed

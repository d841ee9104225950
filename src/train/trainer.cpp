#include "train/trainer.h"

#include <c10/util/Exception.h>
#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <filesystem>

#include "core/error.h"
#include "core/interruption.h"
#include "core/logging.h"
#include "data/make_batch.h"
#include "kernels/parameter_update.h"
#include "nn/pass.h"
#include "train/schedule.h"

namespace heed {
namespace {

using Clock = std::chrono::steady_clock;

double seconds_since(Clock::time_point start) { return std::chrono::duration<double>(Clock::now() - start).count(); }

// The decay that is reached in the long run; early on a shorter memory, so that the first weights are soon forgotten.
double average_decay(double decay, int64_t step) {
  return std::min(decay, static_cast<double>(1 + step) / static_cast<double>(10 + step));
}

constexpr size_t kBatchesAhead = 8;

// Puts the averaged weights in the place of the model's own while it lives.
class AveragedWeights {
 public:
  AveragedWeights(const torch::Tensor& weights, const torch::Tensor& average) : weights_(weights) {
    if (!average.defined()) return;
    own_ = weights_.clone();
    weights_.copy_(average);
  }
  ~AveragedWeights() {
    if (own_.defined()) weights_.copy_(own_);
  }
  AveragedWeights(const AveragedWeights&) = delete;
  AveragedWeights& operator=(const AveragedWeights&) = delete;

 private:
  torch::Tensor weights_, own_;
};

std::optional<SequenceObjective> make_objective(const Config& config, const Tokenizers& tokenizers) {
  if (config.train.objective == Objective::kCrossEntropy) return std::nullopt;
  return std::optional<SequenceObjective>(std::in_place, config, tokenizers);
}

}  // namespace

Trainer::Trainer(const TrainerParts& parts)
    : parts_(parts),
      config_(parts.config),
      parameters_(*parts.model),
      sequences_(make_objective(config_, parts.tokenizers)),
      gradients_(parts.model, parameters_, config_.train, config_.run.cuda_graphs, sequences_ ? &*sequences_ : nullptr),
      optimizer_(config_.optimizer, parameters_),
      sampler_(parts.corpus, config_.train.batch_tokens, static_cast<uint64_t>(config_.run.seed)) {
  if (config_.train.ema > 0) average_ = parameters_.weights().clone();
  state_.corpus_fingerprint = parts.corpus.fingerprint();
  state_.alignment_fingerprint = fingerprint_of(parts.guide);
  if (parts.validator) state_.validation_fingerprint = parts.validator->fingerprint();
}

std::string Trainer::train() {
  tell([&](TrainObserver& observer) { observer.on_start(state_.step, state_.step > 0); });
  for (const ConfigChange& change : parts_.changes)
    tell([&](TrainObserver& observer) { observer.on_change(state_.step, change); });
  return_to_schedule();
  std::optional<std::string> why = reason_to_end();
  const auto validate_if_due = [&] {
    if (validation_due()) return validate();
    if (!why || !ends_unmeasured()) return;
    state_.leave_schedule();
    validate();
  };
  validate_if_due();  // a stop fell into it
  if (!why) why = reason_to_end();
  while (!why) {
    if (!update()) continue;
    why = reason_to_end();
    validate_if_due();
    if (due(config_.train.save_every)) try_save();
    if (!why) why = reason_to_end();  // patience, or a request meanwhile
  }
  save();
  tell([&](TrainObserver& observer) { observer.on_end(state_.step, *why); });
  return *why;
}

std::optional<std::string> Trainer::reason_to_end() const {
  const TrainConfig& train = config_.train;
  if (train.max_steps > 0 && state_.step >= train.max_steps)
    return fmt::format("train.max_steps ({})", train.max_steps);
  if (train.max_epochs > 0 && state_.epoch > train.max_epochs)
    return fmt::format("train.max_epochs ({})", train.max_epochs);
  if (train.max_minutes > 0 && seconds_since(start_) > 60 * train.max_minutes)
    return fmt::format("train.max_minutes ({})", train.max_minutes);
  if (train.patience > 0 && state_.standing.stalled >= train.patience)
    return fmt::format("train.patience: no better validation in {}", state_.standing.stalled);
  if (parts_.stop_requested()) return "asked to stop";
  return std::nullopt;
}

Batch Trainer::make_batch_of(const EpochBatches& batches, int64_t number, int64_t epoch) const {
  const NoiseOptions noise{config_.tokenizer.sampling, static_cast<uint64_t>(config_.run.seed), epoch,
                           config_.data.max_source_length, config_.data.max_target_length};
  const bool copies = copies_words(config_.model, parts_.tokenizers);
  return make_batch({parts_.corpus, parts_.tokenizers, parts_.guide, copies}, batches[number], noise);
}

Batch Trainer::next_batch() {
  if (!queue_) {
    epoch_batches_ = sampler_.epoch(state_.epoch);
    queue_.emplace(state_.batch, epoch_batches_.size(), kBatchesAhead, [this, epoch = state_.epoch](int64_t number) {
      return make_batch_of(epoch_batches_, number, epoch);
    });
  }
  Batch batch;
  TORCH_CHECK(queue_->next(batch), "batch ", state_.batch, " of an epoch of ", epoch_batches_.size());
  if (++state_.batch == epoch_batches_.size()) {
    queue_.reset();
    state_.batch = 0;
    ++state_.epoch;
  }
  return batch;
}

Trainer::Group Trainer::accumulate_gradients() {
  Group group;
  gradients_.clear();
  const auto seed = static_cast<uint64_t>(config_.run.seed);
  const auto update = static_cast<uint64_t>(state_.step + state_.bad_updates + 1);
  const int64_t epoch = state_.epoch;  // a group ends with it
  for (int64_t micro_batch = 0; micro_batch < config_.train.accumulation_steps && state_.epoch == epoch;
       ++micro_batch) {
    const Batch batch = next_batch();
    gradients_.add(batch, Pass::key_of(seed, update, static_cast<uint64_t>(micro_batch)));
    group.sentences.insert(group.sentences.end(), batch.sentence_ids.begin(), batch.sentence_ids.end());
  }
  group.sums = gradients_.sums();
  return group;
}

// What the corpus can no longer give costs no update that was made.
Trainer::Group Trainer::next_gradients() {
  const TrainState before = state_;
  try {
    return accumulate_gradients();
  } catch (const DataError&) {
    state_ = before;
    save();
    throw;
  }
}

bool Trainer::update() {
  const auto start = Clock::now();
  parameters_.check();
  const Group group = next_gradients();  // 1 loss, gradient and its norm
  const auto& [loss, log_likelihood, norm_of_sum, tokens] = group.sums;
  const double norm = norm_of_sum / static_cast<double>(tokens);
  state_.target_tokens += tokens;
  if (!std::isfinite(norm) || !std::isfinite(loss)) {
    skip_update(group);
    return false;
  }
  state_.bad_in_row = 0;
  const double limit = config_.optimizer.clip_norm;
  const double clip = limit > 0 && norm > limit ? limit / norm : 1;  // 2 clip
  ++state_.step;
  const ScheduleContext context{config_.optimizer.learning_rate, config_.train.max_steps, config_.model.d_model};
  const double rate = learning_rate(config_.schedule, context, state_.step);  // 3 schedule
  optimizer_.step(rate, state_.step, clip / static_cast<double>(tokens));     // 4 update
  update_average();                                                           // 5 average
  meter_.add(loss, log_likelihood, tokens, seconds_since(start));
  report_update(norm, rate);
  return true;
}

void Trainer::skip_update(const Group& group) {
  ++state_.bad_updates;
  ++state_.bad_in_row;
  log_warning(
      fmt::format("update {} skipped: loss or gradient not finite ({} in a row)", state_.step + 1, state_.bad_in_row));
  if (state_.bad_in_row < config_.train.max_bad_updates) return;
  std::string places;
  for (size_t i = 0; i < std::min<size_t>(group.sentences.size(), 8); ++i)
    places += (i ? ", " : "") + parts_.corpus.place(group.sentences[i]);
  throw Error(
      fmt::format("{} updates in a row had a loss or gradient that is not finite (train.max_bad_updates); the "
                  "last batch holds {} sentences: {}{}; lower optimizer.learning_rate or look at these lines",
                  state_.bad_in_row, group.sentences.size(), places, group.sentences.size() > 8 ? ", ..." : ""));
}

void Trainer::update_average() {
  if (!average_.defined()) return;
  update_moving_average(average_decay(config_.train.ema, state_.step), parameters_.weights(), average_);
}

void Trainer::report_update(double norm, double rate) {
  report_ = {state_.step, epoch_of_last_update(),     meter_.loss(),        meter_.perplexity(), rate,
             norm,        meter_.tokens_per_second(), state_.target_tokens, state_.bad_updates,  seconds_since(start_)};
  tell([&](TrainObserver& observer) { observer.on_progress(report_); });
  if (!due(config_.train.log_every)) return;
  tell([&](TrainObserver& observer) { observer.on_update(report_); });
  meter_ = {};
}

int64_t Trainer::epoch_of_last_update() const {
  return state_.batch == 0 && state_.epoch > 1 ? state_.epoch - 1 : state_.epoch;
}

bool Trainer::validates() const {
  return parts_.validator && (config_.train.validate_every > 0 || config_.train.validate_every_epochs > 0);
}

// A run that has ended and is extended: the model that was best before its end's own validation is in that place again.
void Trainer::return_to_schedule() {
  if (!state_.on_schedule) return;
  const TrainState ended = state_;
  const bool has_ended = reason_to_end().has_value();
  state_.return_to_schedule();
  if (has_ended && reason_to_end()) {  // nothing to extend
    state_ = ended;
    return;
  }
  const int64_t best = state_.standing.best_step;
  if (best > 0 && std::filesystem::exists(parts_.run.checkpoint(best))) parts_.run.set_best(best);
}

bool Trainer::validation_due() const {
  if (!validates() || state_.standing.validated_step == state_.step) return false;
  const int64_t every = config_.train.validate_every_epochs;
  const bool epoch_ended = state_.batch == 0 && state_.epoch > 1;
  return due(config_.train.validate_every) || (epoch_ended && every > 0 && (state_.epoch - 1) % every == 0);
}

bool Trainer::ends_unmeasured() const {
  return validates() && state_.step > 0 && state_.standing.validated_step != state_.step && !parts_.stop_requested();
}

std::optional<ValidationReport> Trainer::measure() {
  const torch::NoGradGuard no_grad;
  const AveragedWeights averaged(parameters_.weights(), average_);
  try {
    return parts_.validator->validate();
  } catch (const Interrupted&) {
    return std::nullopt;
  }
}

void Trainer::validate() {
  std::optional<ValidationReport> report = measure();
  if (!report) return log_info(fmt::format("validation at step {} abandoned; --resume makes up for it", state_.step));
  report->step = state_.step;
  report->epoch = epoch_of_last_update();
  const double score = early_stopping_score(*report, config_.train.early_stopping_metric);
  report->best = state_.note_validation(score, report->loss);
  last_saved_ = -1;  // a checkpoint of this step does not know of it
  tell([&](TrainObserver& observer) { observer.on_validation(*report); });
  if (report->best) try_save();
}

void Trainer::save() {
  if (last_saved_ == state_.step) return;
  parts_.require_run();
  const auto directory = parts_.run.checkpoint(state_.step);
  write_checkpoint(directory, snapshot());
  last_saved_ = state_.step;
  parts_.run.set_latest(state_.step);
  parts_.run.prune(config_.train.keep);
  if (state_.standing.best_step == state_.step) {
    parts_.run.set_best(state_.step);
    if (!state_.on_schedule)
      parts_.run.prune(config_.train.keep);  // else the best before stays, for a run that goes on
  }
  tell([&](TrainObserver& observer) { observer.on_checkpoint(state_.step, directory.string()); });
}

// A full disk must not cost the training: the old checkpoints are untouched, the next save may succeed.
bool Trainer::try_save() {
  try {
    save();
    return true;
  } catch (const CheckpointError& error) {
    log_warning(fmt::format("no checkpoint at step {}: {}", state_.step, error.what()));
    return false;
  }
}

}  // namespace heed

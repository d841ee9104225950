#include "cli/update_timing.h"

#include <sys/resource.h>

#include <chrono>

#include "core/error.h"
#include "core/work.h"
#include "data/batch_sampler.h"

namespace heed {
namespace {

int64_t peak_memory() {
  rusage used{};
  return getrusage(RUSAGE_SELF, &used) == 0 ? int64_t{1024} * used.ru_maxrss : 0;
}

int64_t target_tokens(const ParallelCorpus& corpus) {
  return corpus.counts().target_tokens + corpus.size();  // an eos each
}

// Batches in groups of train.accumulation_steps; the epoch's last group may be smaller.
void plan_epoch(const TrainerParts& parts, UpdateTiming& timing) {
  const TrainConfig& train = parts.config.train;
  const BatchSampler sampler(parts.corpus, train.batch_tokens, static_cast<uint64_t>(parts.config.run.seed));
  timing.batches_per_epoch = sampler.epoch(1).size();
  timing.updates_per_epoch = (timing.batches_per_epoch + train.accumulation_steps - 1) / train.accumulation_steps;
}

}  // namespace

UpdateTiming time_updates(TrainerParts parts) {
  UpdateTiming timing;
  plan_epoch(parts, timing);
  // A trainer saves what it has before it gives up; here there is nothing to save, and nowhere.
  parts.require_run = [] { throw Error("the updates for the estimate failed: their data cannot be read"); };
  Trainer trainer(parts);
  timing.parameters = trainer.parameters().count();
  Work work("timing updates", "updates", kWarmUps + kTimed);
  for (int i = 0; i < kWarmUps; ++i, work.advance()) trainer.update();
  const int64_t tokens_before = trainer.state().target_tokens;
  const auto start = std::chrono::steady_clock::now();
  for (int i = 0; i < kTimed; ++i, work.advance()) trainer.update();
  const double seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
  const auto tokens = static_cast<double>(trainer.state().target_tokens - tokens_before);
  timing.seconds_per_update = seconds / kTimed;
  timing.target_tokens_per_second = tokens / seconds;
  timing.minutes_per_epoch = static_cast<double>(target_tokens(parts.corpus)) / timing.target_tokens_per_second / 60;
  timing.peak_memory = peak_memory();
  return timing;
}

}  // namespace heed

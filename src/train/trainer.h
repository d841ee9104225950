#pragma once

#include <chrono>
#include <functional>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "checkpoint/checkpoint.h"
#include "checkpoint/checkpoint_space.h"
#include "checkpoint/run_directory.h"
#include "config/config.h"
#include "data/batch_queue.h"
#include "data/batch_sampler.h"
#include "data/guided_alignment.h"
#include "data/parallel_corpus.h"
#include "model/encoder_decoder.h"
#include "text/tokenizers.h"
#include "train/flat_parameters.h"
#include "train/gradient_accumulator.h"
#include "train/optimizer.h"
#include "train/sequence_objective.h"
#include "train/train_observer.h"
#include "train/train_state.h"
#include "train/update_meter.h"
#include "train/validator.h"

namespace heed {

// What a trainer works on and does not own.
struct TrainerParts {
  const Config& config;  // resolved: nothing automatic is left
  EncoderDecoder& model;
  const Tokenizers& tokenizers;
  const ParallelCorpus& corpus;
  Validator* validator = nullptr;  // none: no validation corpus
  const RunDirectory& run;
  std::vector<TrainObserver*> observers;
  std::function<bool()> stop_requested = [] { return false; };  // asked between updates
  std::function<void()> require_run = [] {};  // before every save: throws where the run directory is no longer ours
  std::vector<ConfigChange> changes = {};     // that this process brings into the run, for the observers
  const GuidedAlignment* guide = nullptr;     // none: no train.guided_alignment
};

// What of a checkpoint's progress no longer holds, because the run goes on under a config that changes it.
struct Continuation {
  bool begins_new_epoch = false;  // the corpus, or how it is cut into batches, is another: the epoch starts over
  bool forgets_best = false;      // what is measured, or on what, is another
};

// Training: three verbs in one loop, update, validate, save. Everything random is a function of (seed, update), so that
// training killed at any instant goes on from its last checkpoint to bit-identical weights.
class Trainer {
 public:
  // The model's weights are moved into flat buffers: build nothing else on its parameters afterwards.
  explicit Trainer(const TrainerParts& parts);

  // Continues from a checkpoint of this run. CheckpointError where it does not fit, or where the corpus is another and
  // no new epoch begins.
  void resume(const Checkpoint& checkpoint, const std::string& origin, const Continuation& continuation = {});

  // Who is told what happens from here on.
  void watch(std::vector<TrainObserver*> observers) { parts_.observers = std::move(observers); }

  // Until a limit, patience or a request ends it; a last model that was not validated is, unless a request ended it.
  // Always leaves a checkpoint. Returns why it ended.
  std::string train();

  // One update: loss and gradient of a group of batches, clipping, optimizer, average. False: it was skipped, because
  // loss or gradient were not finite. Error after train.max_bad_updates of those in a row.
  bool update();

  // What a checkpoint of this run takes on its disk, and how many will lie there at once.
  SpaceNeeded space_needed() const;

  const TrainState& state() const { return state_; }
  const FlatParameters& parameters() const { return parameters_; }
  const UpdateReport& last_update() const { return report_; }

 private:
  // An accumulation group: what its batches came to, and whose they are.
  struct Group {
    GradientAccumulator::Sums sums;
    std::vector<int64_t> sentences;
  };

  Batch make_batch_of(const EpochBatches& batches, int64_t number, int64_t epoch) const;
  Batch next_batch();
  Group next_gradients();
  Group accumulate_gradients();
  void skip_update(const Group& group);
  void update_average();
  void report_update(double norm, double rate);
  int64_t epoch_of_last_update() const;
  bool validates() const;
  void return_to_schedule();
  bool validation_due() const;
  bool ends_unmeasured() const;
  void validate();
  std::optional<ValidationReport> measure();  // nothing: a request to stop interrupted it
  void save();
  bool try_save();  // false: the disk refused; a warning, and training goes on
  Checkpoint snapshot() const;
  void take_over_progress(const std::string& origin, const Continuation& continuation);
  std::optional<std::string> reason_to_end() const;
  bool due(int64_t every) const { return every > 0 && state_.step % every == 0; }
  template <class Event>
  void tell(Event event) {
    for (TrainObserver* observer : parts_.observers) event(*observer);
  }

  TrainerParts parts_;
  const Config& config_;
  FlatParameters parameters_;
  std::optional<SequenceObjective> sequences_;  // none: training by cross entropy
  GradientAccumulator gradients_;
  Optimizer optimizer_;
  torch::Tensor average_;  // flat; undefined without train.ema
  BatchSampler sampler_;
  TrainState state_;
  int64_t last_saved_ = -1;

  UpdateMeter meter_;
  UpdateReport report_;
  std::chrono::steady_clock::time_point start_ = std::chrono::steady_clock::now();
  EpochBatches epoch_batches_;
  std::optional<BatchQueue>
      queue_;  // of the current epoch, none before its first batch; last: its thread uses the others
};

}  // namespace heed

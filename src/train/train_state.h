#pragma once

#include <cstdint>
#include <optional>
#include <string>

namespace heed {

// Where training stands between two updates: all that, with weights and moments, decides what comes next. Written as
// state.json. No clock and no machine in it: the same training gives the same bytes.
struct TrainState {
  // How validations have gone so far.
  struct Standing {
    std::optional<double> best_score;  // by train.early_stopping_metric
    std::optional<double> best_loss;   // of the validation with that score
    int64_t best_step = 0;
    int64_t stalled = 0;         // validations since the best one
    int64_t validated_step = 0;  // the last one that was validated

    bool operator==(const Standing&) const = default;
  };

  int64_t step = 0;   // updates done
  int64_t epoch = 1;  // the first is 1
  int64_t batch = 0;  // next batch of the epoch, from 0
  int64_t target_tokens = 0;
  int64_t bad_updates = 0;  // skipped: not finite
  int64_t bad_in_row = 0;
  Standing standing;
  std::optional<Standing> on_schedule;  // before a validation that only the run's end asked for
  std::string corpus_fingerprint;       // of the training corpus with its tokenizers
  std::string alignment_fingerprint;    // of train.guided_alignment, or "none"; "": not known
  std::string validation_fingerprint;   // of the validation corpus; "": none, or not known

  bool operator==(const TrainState&) const = default;

  // Notes a validation of the present step. True where it is the best so far: a better score, or an equal one with a
  // lower loss. A score that is not finite never is.
  bool note_validation(double score, double loss);

  // Called before one that only the run's end asks for, and where that run is extended: what the end has seen counts no
  // longer, as if the run had not ended.
  void leave_schedule() { on_schedule = standing; }
  void return_to_schedule();

  // What was best under other measures is no longer compared with: the next validation is the best.
  void forget_best();

  std::string to_json() const;

  // CheckpointError, naming the field, what it is and what was expected, unless every field has its kind and range.
  static TrainState from_json(const std::string& text, const std::string& origin);
};

}  // namespace heed

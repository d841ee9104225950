#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

#include "train/train_observer.h"

namespace heed {

// Where training ends at the latest; 0: no such limit. The values of train.max_steps, max_epochs and max_minutes.
struct TrainLimits {
  int64_t max_steps = 0;
  int64_t max_epochs = 0;
  double max_minutes = 0;  // of this process
};

// How far training is, from what it reports: by the limit it is nearest to, at the mean speed of this process
// (validations included). The length of an epoch is known once one has been seen from its start to its end.
class TimeLeft {
 public:
  explicit TimeLeft(const TrainLimits& limits) : limits_(limits) {}

  void start(int64_t step);                 // updates done before this process
  void update(const UpdateReport& report);  // call it for every report: epoch boundaries are seen here

  // How much is done, 0 to 1, and of which limit ("steps", "epochs", "minutes"); nothing without a limit.
  struct Share {
    double done = 0;
    std::string_view of;
  };
  std::optional<Share> share() const;
  std::optional<double> seconds() const;  // left; nothing while unknown

 private:
  double seconds_per_step() const;
  std::optional<double> epochs_done() const;

  TrainLimits limits_;
  UpdateReport last_;
  int64_t first_step_ = 0;
  int64_t epoch_ = 0, epoch_start_ = 0;  // the current epoch, updates done when it began
  bool epoch_start_seen_ = false;
  int64_t steps_per_epoch_ = 0;  // 0: not known yet
};

}  // namespace heed

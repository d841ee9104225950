#pragma once

#include <string>

#include "train/train_observer.h"
#include "watch/live_line.h"
#include "watch/time_left.h"

namespace heed {

// Training as a person follows it. On a terminal: the live line, redrawn at most kRedrawsPerSecond times a second.
// Elsewhere: one plain line per report. Validations get a line that stays in both. With --quiet a command attaches
// none.
class ProgressBar : public TrainObserver {
 public:
  static constexpr double kRedrawsPerSecond = 5;

  ProgressBar(const TrainLimits& limits, LiveLine& line) : limits_(limits), line_(line), time_left_(limits) {}

  void on_start(int64_t step, bool resumed) override;
  void on_progress(const UpdateReport& report) override;
  void on_update(const UpdateReport& report) override;
  void on_validation(const ValidationReport& report) override;
  void on_end(int64_t step, const std::string& why) override;  // the last live line stays

 private:
  void redraw();

  TrainLimits limits_;
  LiveLine& line_;
  TimeLeft time_left_;
  UpdateReport last_;
  double next_redraw_ = 0;  // by the line's clock
};

}  // namespace heed

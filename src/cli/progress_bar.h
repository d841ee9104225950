#pragma once

#include <functional>
#include <mutex>
#include <string>

#include "cli/time_left.h"
#include "train/train_observer.h"

namespace heed {

// Where a progress bar draws.
struct Screen {
  std::function<void(const std::string&)> write;
  std::function<int()> columns;     // its width now, asked at every drawing; 0: no terminal
  std::function<double()> seconds;  // a clock that never goes back
};

// Standard error. It counts as no terminal where TERM is "dumb".
Screen stderr_screen();

// Training as a person follows it. On a terminal: one live line, redrawn at most kRedrawsPerSecond times a second and
// cut to the terminal's width, out of the way of log lines (it is the log's writer while it lives). Elsewhere: one
// plain line per report. Validations get a line that stays in both. With --quiet a command attaches none.
//
// At most one at a time. Observer calls come from one thread, log lines from any.
class ProgressBar : public TrainObserver {
 public:
  static constexpr double kRedrawsPerSecond = 5;

  explicit ProgressBar(const TrainLimits& limits, Screen screen = stderr_screen());
  ~ProgressBar() override;  // wipes a line that is still live and gives the log its own writer back
  ProgressBar(const ProgressBar&) = delete;
  ProgressBar& operator=(const ProgressBar&) = delete;

  void on_start(int64_t step, bool resumed) override;
  void on_progress(const UpdateReport& report) override;
  void on_update(const UpdateReport& report) override;
  void on_validation(const ValidationReport& report) override;
  void on_end(int64_t step, const std::string& why) override;  // the last live line stays

 private:
  void write_above(const std::string& text);  // text ends its lines itself
  void redraw();

  TrainLimits limits_;
  Screen screen_;
  bool live_;
  TimeLeft time_left_;
  UpdateReport last_;
  double next_redraw_ = 0;  // by the screen's clock

  std::mutex mutex_;  // of the screen and the line on it
  std::string line_;  // what the live line shows; empty: nothing
};

}  // namespace heed

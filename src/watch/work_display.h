#pragma once

#include <condition_variable>
#include <mutex>
#include <optional>
#include <string>
#include <thread>
#include <vector>

#include "core/work.h"
#include "watch/live_line.h"

namespace heed {

// "validating 312/1,960 lines  4s left", at most `columns` wide: the counts as far as they are known, then how long it
// will take, or has taken where that is unknown.
std::string work_text(const WorkReport& report, int columns);

// Logs "2,000 lines in 12s, 166 lines/s" of work that took longer than anybody waits without wondering.
void log_finished(const WorkReport& report);

// Shows all work (core/work.h) that takes a while: on a terminal after kQuietSeconds in the live line, with a clock
// that ticks while the work itself is mute; elsewhere as a log line after kPatientSeconds and then every
// kReportSeconds.
class WorkDisplay {
 public:
  static constexpr double kQuietSeconds = 1, kPatientSeconds = 10, kReportSeconds = 30, kTickSeconds = 0.25;

  explicit WorkDisplay(LiveLine& line);
  ~WorkDisplay();
  WorkDisplay(const WorkDisplay&) = delete;
  WorkDisplay& operator=(const WorkDisplay&) = delete;

  void tick();  // what the clock's thread does; public for tests, whose clock stands still otherwise

 private:
  struct Shown {
    WorkReport report;
    double begin = 0, next_report = 0;  // by the screen's clock
  };

  void observe(WorkEvent event, const WorkReport& report);
  void run(const std::stop_token& stop);

  LiveLine& line_;
  std::mutex mutex_;
  std::condition_variable_any stopped_;
  std::vector<Shown> works_;  // the innermost last
  bool drawn_ = false;
  std::jthread clock_;  // last: it uses the others
};

// What a command that only works and reports needs: a live line and the display on it, or, with --quiet, neither.
class CommandDisplay {
 public:
  explicit CommandDisplay(bool quiet, const Screen& screen = stderr_screen());

 private:
  std::optional<LiveLine> line_;
  std::optional<WorkDisplay> works_;
};

}  // namespace heed

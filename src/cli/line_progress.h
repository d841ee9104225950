#pragma once

#include <cstdint>
#include <string>

#include "cli/progress_bar.h"

namespace heed {

// How many lines are done and how fast, for whoever waits for a file: on a terminal a live line, elsewhere a log line
// every kReportSeconds; a last word at the end. Work done within kQuietSeconds is not spoken of. With --quiet a command
// makes none. Not thread safe; at most one at a time (it is the log's writer while it lives on a terminal).
class LineProgress {
 public:
  static constexpr double kQuietSeconds = 2, kRedrawSeconds = 0.2, kReportSeconds = 30;

  explicit LineProgress(Screen screen = stderr_screen());
  ~LineProgress();
  LineProgress(const LineProgress&) = delete;
  LineProgress& operator=(const LineProgress&) = delete;

  void add(int64_t lines);
  void finish();

 private:
  std::string text() const;

  Screen screen_;
  bool live_;
  double start_, next_;  // by the screen's clock
  int64_t lines_ = 0;
};

}  // namespace heed

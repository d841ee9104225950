#include "cli/progress_bar.h"

#include <sys/ioctl.h>
#include <unistd.h>

#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <string_view>
#include <utility>

#include "cli/report_text.h"
#include "core/logging.h"

namespace heed {

namespace {

constexpr int kUsualColumns = 80;  // where a terminal does not tell
const char* const kWipeLine = "\r\x1b[K";

void write_to_stderr(const std::string& text) { std::fwrite(text.data(), 1, text.size(), stderr); }

int stderr_columns() {
  const char* terminal = std::getenv("TERM");
  if (isatty(STDERR_FILENO) == 0 || (terminal != nullptr && std::string_view(terminal) == "dumb")) return 0;
  winsize size{};
  if (ioctl(STDERR_FILENO, TIOCGWINSZ, &size) != 0 || size.ws_col == 0) return kUsualColumns;
  return size.ws_col;
}

double steady_seconds() {
  return std::chrono::duration<double>(std::chrono::steady_clock::now().time_since_epoch()).count();
}

}  // namespace

Screen stderr_screen() { return {write_to_stderr, stderr_columns, steady_seconds}; }

ProgressBar::ProgressBar(const TrainLimits& limits, Screen screen)
    : limits_(limits), screen_(std::move(screen)), live_(screen_.columns() > 0), time_left_(limits) {
  if (live_) set_log_writer([this](const std::string& text) { write_above(text); });
}

ProgressBar::~ProgressBar() {
  if (!live_) return;
  set_log_writer(write_to_stderr);  // from here on no other thread calls into this object
  if (!line_.empty()) screen_.write(kWipeLine);
}

void ProgressBar::on_start(int64_t step, bool /*resumed*/) { time_left_.start(step); }

void ProgressBar::on_progress(const UpdateReport& report) {
  time_left_.update(report);
  last_ = report;
  if (live_ && screen_.seconds() >= next_redraw_) redraw();
}

void ProgressBar::on_update(const UpdateReport& report) {
  time_left_.update(report);
  last_ = report;
  if (!live_) write_above(update_text(report, limits_, time_left_.seconds()) + "\n");
}

void ProgressBar::on_validation(const ValidationReport& report) { write_above(validation_text(report) + "\n"); }

void ProgressBar::on_end(int64_t /*step*/, const std::string& /*why*/) {
  if (!live_ || last_.step == 0) return;
  redraw();
  const std::lock_guard lock(mutex_);
  screen_.write("\n");
  line_.clear();
}

void ProgressBar::redraw() {
  next_redraw_ = screen_.seconds() + 1 / kRedrawsPerSecond;
  // One column stays free: a cursor pushed past the last one would wrap, and the next wipe miss the first row.
  std::string line = live_text(last_, limits_, time_left_, screen_.columns() - 1);
  const std::lock_guard lock(mutex_);
  line_ = std::move(line);
  screen_.write(kWipeLine + line_);
}

void ProgressBar::write_above(const std::string& text) {
  const std::lock_guard lock(mutex_);
  screen_.write(line_.empty() ? text : kWipeLine + text + line_);
}

}  // namespace heed

#include "watch/live_line.h"

#include <sys/ioctl.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <string_view>
#include <utility>

#include "core/logging.h"
#include "core/printable.h"

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

LiveLine::LiveLine(Screen screen) : screen_(std::move(screen)), live_(screen_.columns() > 0) {
  if (live_) set_log_writer([this](const std::string& text) { write_above(text); });
}

LiveLine::~LiveLine() {
  if (!live_) return;
  set_log_writer(write_to_stderr);  // from here on no other thread calls into this object
  if (!line_.empty()) screen_.write(kWipeLine);
}

// One column stays free: a cursor pushed past the last one would wrap, and the next wipe miss the first row.
int LiveLine::columns() const { return std::max(0, screen_.columns() - 1); }

void LiveLine::show(const std::string& text) {
  if (!live_) return;
  const std::lock_guard lock(mutex_);
  line_ = printable(text).substr(0, static_cast<size_t>(columns()));
  screen_.write(kWipeLine + line_);
}

void LiveLine::keep() {
  const std::lock_guard lock(mutex_);
  if (!line_.empty()) screen_.write("\n");
  line_.clear();
}

void LiveLine::write_above(const std::string& text) {
  const std::lock_guard lock(mutex_);
  screen_.write(line_.empty() ? text : kWipeLine + text + line_);
}

}  // namespace heed

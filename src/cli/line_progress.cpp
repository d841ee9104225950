#include "cli/line_progress.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstdio>
#include <utility>

#include "cli/report_text.h"
#include "core/logging.h"

namespace heed {
namespace {

const char* const kWipeLine = "\r\x1b[K";

}  // namespace

LineProgress::LineProgress(Screen screen)
    : screen_(std::move(screen)),
      live_(screen_.columns() > 0),
      start_(screen_.seconds()),
      next_(start_ + (live_ ? kQuietSeconds : kReportSeconds)) {
  if (live_) set_log_writer([this](const std::string& text) { screen_.write(kWipeLine + text); });
}

LineProgress::~LineProgress() {
  if (!live_) return;
  set_log_writer([](const std::string& text) { std::fwrite(text.data(), 1, text.size(), stderr); });
  screen_.write(kWipeLine);
}

void LineProgress::add(int64_t lines) {
  lines_ += lines;
  const double now = screen_.seconds();
  if (now < next_) return;
  next_ = now + (live_ ? kRedrawSeconds : kReportSeconds);
  if (live_) {
    screen_.write(kWipeLine + text());
  } else {
    log_info(text());
  }
}

void LineProgress::finish() {
  if (screen_.seconds() - start_ >= kQuietSeconds) log_info(text());
}

std::string LineProgress::text() const {
  const double seconds = screen_.seconds() - start_;
  return fmt::format("{} lines in {}, {} lines/s", count_text(lines_), duration_text(seconds),
                     rate_text(static_cast<double>(lines_) / std::max(seconds, 1e-3)));
}

}  // namespace heed

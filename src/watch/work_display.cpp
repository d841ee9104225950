#include "watch/work_display.h"

#include <fmt/format.h>

#include <chrono>
#include <system_error>

#include "core/logging.h"
#include "watch/report_text.h"

namespace heed {
namespace {

constexpr double kWonderingSeconds = 2;

std::optional<double> seconds_left(const WorkReport& report) {
  if (report.total <= 0 || report.done <= 0) return std::nullopt;
  const auto done = static_cast<double>(report.done), total = static_cast<double>(report.total);
  return report.seconds * (total - done) / done;
}

}  // namespace

std::string work_text(const WorkReport& report, int columns) {
  std::string text = report.what;
  if (report.total > 0)
    text += fmt::format(" {}/{} {}", count_text(report.done), count_text(report.total), report.unit);
  else if (report.done > 0)
    text += fmt::format(" {} {}", count_text(report.done), report.unit);
  const auto left = seconds_left(report);
  const std::string time = left ? duration_text(*left) + " left" : duration_text(report.seconds);
  const int room = columns - static_cast<int>(time.size()) - 2;
  if (room < static_cast<int>(text.size())) text.resize(static_cast<size_t>(std::max(0, room)));
  return text + "  " + time;
}

void log_finished(const WorkReport& report) {
  if (report.seconds < kWonderingSeconds) return;
  log_info(fmt::format("{} {} in {}, {} {}/s", count_text(report.done), report.unit, duration_text(report.seconds),
                       rate_text(static_cast<double>(report.done) / report.seconds), report.unit));
}

WorkDisplay::WorkDisplay(LiveLine& line) : line_(line) {
  try {
    clock_ = std::jthread([this](const std::stop_token& stop) { run(stop); });
  } catch (const std::system_error&) {
    return;  // no thread is to be had: the work matters more than its display
  }
  set_work_observer([this](WorkEvent event, const WorkReport& report) { observe(event, report); });
}

WorkDisplay::~WorkDisplay() { set_work_observer({}); }

void WorkDisplay::observe(WorkEvent event, const WorkReport& report) {
  const std::lock_guard lock(mutex_);
  const double now = line_.seconds();
  if (event == WorkEvent::kBegin) works_.push_back({report, now, now + kPatientSeconds});
  if (works_.empty()) return;  // of work that began before this display
  if (event == WorkEvent::kAdvance) works_.back().report = report;
  if (event != WorkEvent::kEnd) return;
  works_.pop_back();
  if (drawn_) line_.show("");
  drawn_ = false;
}

void WorkDisplay::tick() {
  const std::lock_guard lock(mutex_);
  if (works_.empty()) return;
  Shown& shown = works_.back();
  const double now = line_.seconds();
  WorkReport report = shown.report;
  report.seconds = now - shown.begin;
  if (line_.live() && report.seconds >= kQuietSeconds) {
    line_.show(work_text(report, line_.columns()));
    drawn_ = true;
  } else if (!line_.live() && now >= shown.next_report) {
    shown.next_report = now + kReportSeconds;
    log_info(work_text(report, 1000));
  }
}

void WorkDisplay::run(const std::stop_token& stop) {
  std::mutex none;
  std::unique_lock lock(none);
  while (!stopped_.wait_for(lock, stop, std::chrono::duration<double>(kTickSeconds), [] { return false; }) &&
         !stop.stop_requested())
    tick();
}

CommandDisplay::CommandDisplay(bool quiet, const Screen& screen) {
  if (quiet) return;
  line_.emplace(screen);
  works_.emplace(*line_);
}

}  // namespace heed

#include "watch/time_left.h"

#include <algorithm>

namespace heed {

namespace {

constexpr double kSecondsPerMinute = 60;

// The larger or smaller of what is there.
template <class Choose>
void combine(std::optional<double>& value, double other, Choose choose) {
  value = value ? choose(*value, other) : other;
}

}  // namespace

void TimeLeft::start(int64_t step) {
  last_ = {};
  last_.step = first_step_ = step;
  epoch_start_seen_ = step == 0;
  epoch_ = epoch_start_seen_ ? 1 : 0;
  epoch_start_ = 0;
  steps_per_epoch_ = 0;
}

void TimeLeft::update(const UpdateReport& report) {
  const bool first = epoch_ == 0;
  if (report.epoch != epoch_ && !first) {
    if (epoch_start_seen_ && report.epoch == epoch_ + 1) steps_per_epoch_ = report.step - 1 - epoch_start_;
    epoch_start_ = report.step - 1;
    epoch_start_seen_ = true;
  }
  epoch_ = report.epoch;
  last_ = report;
}

double TimeLeft::seconds_per_step() const {
  return last_.step > first_step_ ? last_.seconds / static_cast<double>(last_.step - first_step_) : 0;
}

std::optional<double> TimeLeft::epochs_done() const {
  if (steps_per_epoch_ <= 0) return std::nullopt;
  const double part = static_cast<double>(last_.step - epoch_start_) / static_cast<double>(steps_per_epoch_);
  return static_cast<double>(last_.epoch - 1) + std::min(1.0, part);
}

std::optional<TimeLeft::Share> TimeLeft::share() const {
  std::optional<Share> nearest;
  const auto consider = [&](double done, std::string_view of) {
    if (!nearest || done > nearest->done) nearest = Share{std::clamp(done, 0.0, 1.0), of};
  };
  if (limits_.max_steps > 0)
    consider(static_cast<double>(last_.step) / static_cast<double>(limits_.max_steps), "steps");
  if (limits_.max_minutes > 0) consider(last_.seconds / (limits_.max_minutes * kSecondsPerMinute), "minutes");
  if (limits_.max_epochs > 0) {
    const double whole_epochs = static_cast<double>(std::max<int64_t>(0, last_.epoch - 1));
    consider(epochs_done().value_or(whole_epochs) / static_cast<double>(limits_.max_epochs), "epochs");
  }
  return nearest;
}

std::optional<double> TimeLeft::seconds() const {
  const auto smaller = [](double a, double b) { return std::min(a, b); };
  const double per_step = seconds_per_step();
  if (per_step <= 0) return std::nullopt;
  std::optional<double> left;
  if (limits_.max_steps > 0) combine(left, per_step * static_cast<double>(limits_.max_steps - last_.step), smaller);
  if (limits_.max_minutes > 0) combine(left, limits_.max_minutes * kSecondsPerMinute - last_.seconds, smaller);
  if (const auto epochs = epochs_done(); limits_.max_epochs > 0 && epochs) {
    const double epochs_left = static_cast<double>(limits_.max_epochs) - *epochs;
    combine(left, per_step * epochs_left * static_cast<double>(steps_per_epoch_), smaller);
  }
  if (left) left = std::max(0.0, *left);
  return left;
}

}  // namespace heed

#include "report/scale.h"

#include <algorithm>
#include <cmath>

namespace heed {
namespace {

constexpr double kLargest = 1e200, kSmallest = 1e-200;
constexpr double kSameness = 1e-6;  // numbers that differ less, relatively, are drawn as equal
constexpr int kWantedTicks = 4, kMaxLogTicks = 10;
constexpr double kFewTimes = 3;  // a logarithmic scale of a smaller ratio has the ticks of a linear one

double round_tick(double low, double high, int wanted) {
  const double raw = (high - low) / wanted, power = std::pow(10, std::floor(std::log10(raw)));
  for (const double factor : {1.0, 2.0, 5.0})
    if (factor * power >= raw) return factor * power;
  return 10 * power;
}

// The multiples of `tick` from low to high. Counted in integers: where doubles are further apart than 1, adding 1 to
// one changes nothing.
std::vector<double> multiples(double tick, double low, double high) {
  const double first = std::ceil(low / tick - kSameness);
  const int count = static_cast<int>(std::min(high / tick + kSameness - first, Scale::kMaxTicks - 1.0)) + 1;
  std::vector<double> values;
  for (int i = 0; i < count; ++i) values.push_back((first + i) * tick + 0.0);  // + 0.0: no -0
  return values;
}

Scale linear_scale(double low, double high) {
  const double magnitude = std::max(std::abs(low), std::abs(high));
  if (high - low <= kSameness * magnitude || magnitude < kSmallest) {
    const double room = magnitude < kSmallest ? 1 : magnitude * 0.1;
    low -= room, high += room;
  }
  const double tick = round_tick(low, high, kWantedTicks);
  Scale scale{ScaleKind::kLinear, std::floor(low / tick) * tick, std::ceil(high / tick) * tick, 0, 1, {}};
  scale.ticks = multiples(tick, scale.low, scale.high);
  return scale;
}

// The largest of 1, 2, 5 times a power of ten that is not above the number.
double rounded_down(double value) {
  const double power = std::pow(10, std::floor(std::log10(value) + 1e-12));
  for (const double factor : {5.0, 2.0})
    if (factor * power <= value * (1 + 1e-12)) return factor * power;
  return power;
}

double rounded_up(double value) {
  const double down = rounded_down(value);
  if (down >= value * (1 - 1e-12)) return down;
  return rounded_down(down * 2.5);  // 1 -> 2, 2 -> 5, 5 -> 10
}

std::vector<double> log_ticks(double low, double high) {
  std::vector<double> values;
  for (double value = low; value <= high * (1 + 1e-12) && values.size() <= kMaxLogTicks;
       value = rounded_down(value * 2.5))
    values.push_back(value);
  if (values.size() <= kMaxLogTicks) return values;
  values.clear();
  const int first = static_cast<int>(std::ceil(std::log10(low) - 1e-12));
  const int last = static_cast<int>(std::floor(std::log10(high) + 1e-12));
  const int stride = 1 + (last - first) / kMaxLogTicks;
  for (int power = first; power <= last; power += stride) values.push_back(std::pow(10, power));
  return values;
}

Scale log_scale(double low, double high) {
  if (high <= low * (1 + kSameness)) low /= 1.1, high *= 1.1;
  Scale scale{ScaleKind::kLogarithmic, low, high, 0, 1, {}};
  if (high < low * kFewTimes) {
    const double tick = round_tick(low, high, kWantedTicks), down = std::floor(low / tick) * tick;
    if (down > 0) scale.low = down;
    scale.high = std::ceil(high / tick) * tick;
    scale.ticks = multiples(tick, scale.low, scale.high);
  } else {
    scale.low = rounded_down(low);
    scale.high = rounded_up(high);
    scale.ticks = log_ticks(scale.low, scale.high);
  }
  return scale;
}

}  // namespace

double Scale::at(double value) const {
  const double part = kind == ScaleKind::kLinear ? (value - low) / (high - low)
                                                 : (std::log(value) - std::log(low)) / (std::log(high) - std::log(low));
  return from + part * (to - from);
}

bool can_be_drawn(double value, ScaleKind kind) {
  if (kind == ScaleKind::kLogarithmic && !(value >= kSmallest)) return false;
  return std::abs(value) <= kLargest;  // not for a number that is none
}

Scale round_scale(double low, double high, ScaleKind kind) {
  return kind == ScaleKind::kLinear ? linear_scale(low, high) : log_scale(low, high);
}

Scale scale_from_zero(double high, int wanted) {
  return {ScaleKind::kLinear, 0, high, 0, 1, multiples(std::max(1.0, round_tick(0, high, wanted)), 0, high)};
}

}  // namespace heed

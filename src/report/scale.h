#pragma once

#include <vector>

namespace heed {

// kLogarithmic: equal ratios are equal distances; numbers that are not above 0 cannot be drawn.
enum class ScaleKind { kLinear, kLogarithmic };

// Numbers to pixels, with ticks at round numbers.
struct Scale {
  ScaleKind kind = ScaleKind::kLinear;
  double low = 0, high = 1;   // low < high, by more than their rounding errors
  double from = 0, to = 1;    // the pixels of low and high
  std::vector<double> ticks;  // within low and high, ascending, at most kMaxTicks

  static constexpr int kMaxTicks = 20;

  double at(double value) const;
};

// Whether a scale can hold the number: finite, and neither so large nor, on a logarithmic scale, so small that
// arithmetic with it overflows.
bool can_be_drawn(double value, ScaleKind kind);

// A scale over at least [low, high], from one round number to another. Numbers that are equal, or all but, get some
// room on either side. REQUIRES: can_be_drawn, low <= high.
Scale round_scale(double low, double high, ScaleKind kind);

// A linear scale over exactly [0, high] for what is counted: about `wanted` ticks, at whole numbers.
// REQUIRES: can_be_drawn, high >= 1.
Scale scale_from_zero(double high, int wanted);

}  // namespace heed

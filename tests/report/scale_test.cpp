#include "report/scale.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <limits>

namespace heed {
namespace {

constexpr auto kLinear = ScaleKind::kLinear, kLogarithmic = ScaleKind::kLogarithmic;

// Every pair of these that a scale can hold, the lower one first, and neighbours in the last place.
std::vector<std::pair<double, double>> spans(ScaleKind kind) {
  std::vector<double> numbers = {0,    1, 2, 3, 9.99, 31.5, 1e-9, 1e-150, 1e-310, 4e5, 1e15, 1e17, 9007199254740994.0,
                                 1e200};
  for (const double number : std::vector<double>(numbers)) {
    numbers.push_back(-number);
    numbers.push_back(std::nextafter(number, 1e300));
    numbers.push_back(number * (1 + 1e-7));
  }
  std::vector<std::pair<double, double>> result;
  for (const double low : numbers)
    for (const double high : numbers)
      if (low <= high && can_be_drawn(low, kind) && can_be_drawn(high, kind)) result.emplace_back(low, high);
  return result;
}

TEST(Scale, HoldsEverySpanWithAFewTicksInOrder) {
  for (const ScaleKind kind : {kLinear, kLogarithmic})
    for (const auto& [low, high] : spans(kind)) {
      const Scale scale = round_scale(low, high, kind);
      SCOPED_TRACE(::testing::Message() << low << " to " << high << (kind == kLinear ? "" : ", logarithmic"));
      const double slack = 1e-6 * std::max(std::abs(low), std::abs(high)) + 1e-200;
      EXPECT_LE(scale.low, low + slack);
      EXPECT_GE(scale.high, high - slack);
      ASSERT_GE(scale.ticks.size(), 2u);
      EXPECT_LE(scale.ticks.size(), size_t{Scale::kMaxTicks});
      EXPECT_TRUE(std::is_sorted(scale.ticks.begin(), scale.ticks.end()));
      EXPECT_GE(scale.at(scale.ticks.front()), -1e-5);
      EXPECT_LE(scale.at(scale.ticks.back()), 1 + 1e-5);
      EXPECT_TRUE(std::isfinite(scale.at(low)) && std::isfinite(scale.at(high)));
    }
}

TEST(Scale, TicksAreOneTwoOrFiveTimesAPowerOfTen) {
  EXPECT_EQ(round_scale(3.1, 7.9, kLinear).ticks, (std::vector<double>{2, 4, 6, 8}));
  EXPECT_EQ(round_scale(-0.3, 0.7, kLinear).ticks, (std::vector<double>{-0.5, 0, 0.5, 1}));
  EXPECT_EQ(round_scale(4, 1300, kLogarithmic).ticks,
            (std::vector<double>{2, 5, 10, 20, 50, 100, 200, 500, 1000, 2000}));
  EXPECT_EQ(round_scale(5, 5e5, kLogarithmic).ticks, (std::vector<double>{10, 100, 1e3, 1e4, 1e5}));
  EXPECT_EQ(round_scale(12.1, 13.8, kLogarithmic).ticks, (std::vector<double>{12, 12.5, 13, 13.5, 14}));
  EXPECT_EQ(scale_from_zero(2, 6).ticks, (std::vector<double>{0, 1, 2}));
  EXPECT_EQ(scale_from_zero(9500, 6).ticks, (std::vector<double>{0, 2000, 4000, 6000, 8000}));
}

TEST(Scale, ALogarithmicOneHasEqualDistancesForEqualRatios) {
  Scale scale = round_scale(1, 10000, kLogarithmic);
  scale.from = 100, scale.to = 0;
  for (int power = 0; power <= 4; ++power) EXPECT_NEAR(scale.at(std::pow(10, power)), 100 - 25 * power, 1e-9);
}

TEST(Scale, KnowsWhatCannotBeDrawn) {
  constexpr double kInfinity = std::numeric_limits<double>::infinity();
  for (const ScaleKind kind : {kLinear, kLogarithmic})
    for (const double never : {std::nan(""), kInfinity, -kInfinity, 1e300}) EXPECT_FALSE(can_be_drawn(never, kind));
  for (const double negative : {0.0, -0.0, -1.0, 1e-300}) {
    EXPECT_TRUE(can_be_drawn(negative, kLinear));
    EXPECT_FALSE(can_be_drawn(negative, kLogarithmic));
  }
}

}  // namespace
}  // namespace heed

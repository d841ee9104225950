#include "audit/length_histogram.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace heed {
namespace {

using ::testing::ElementsAre;

LengthHistogram of(const std::vector<int64_t>& lengths) {
  LengthHistogram histogram;
  for (const int64_t length : lengths) histogram.add(length);
  return histogram;
}

TEST(LengthHistogram, HasMeanAndQuantilesOfWhatWasAdded) {
  const LengthHistogram histogram = of({4, 1, 0, 10, 5});
  EXPECT_EQ(histogram.lines(), 5);
  EXPECT_EQ(histogram.total(), 20);
  EXPECT_EQ(histogram.mean(), 4);
  EXPECT_EQ(histogram.longest(), 10);
  EXPECT_EQ(histogram.quantile(0), 0);
  EXPECT_EQ(histogram.quantile(0.2), 0);
  EXPECT_EQ(histogram.quantile(0.21), 1);
  EXPECT_EQ(histogram.quantile(0.5), 4);
  EXPECT_EQ(histogram.quantile(1), 10);
  EXPECT_EQ(of({7}).quantile(0), 7);
}

TEST(LengthHistogram, PutsLongerLinesIntoItsLastBin) {
  EXPECT_THAT(of({0, 4, 5, 9, 10, 11, 99}).bins(5, 3), ElementsAre(2, 2, 3));
}

TEST(LengthHistogram, OfNothingIsZero) {
  const LengthHistogram none;
  EXPECT_EQ(none.mean(), 0);
  EXPECT_EQ(none.quantile(0.5), 0);
  EXPECT_EQ(none.longest(), -1);
  EXPECT_THAT(none.bins(1, 2), ElementsAre(0, 0));
}

}  // namespace
}  // namespace heed

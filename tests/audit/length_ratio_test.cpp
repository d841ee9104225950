#include "audit/length_ratio.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <numeric>

namespace heed {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

PairShape pair(uint32_t source, uint32_t target) { return {{1, source}, {2, target}}; }

// Targets of 1.5 to 2.5 times their sources.
std::vector<PairShape> usual_pairs() {
  std::vector<PairShape> pairs;
  for (uint32_t i = 0; i < 101; ++i) pairs.push_back(pair(100, 150 + i));
  return pairs;
}

TEST(LengthRatio, FindsWhatIsFarFromTheMedian) {
  std::vector<PairShape> pairs = usual_pairs();
  pairs[3] = pair(100, 2000);
  pairs[50] = pair(300, 10);
  const LengthRatio ratio = length_ratio(pairs);
  EXPECT_NEAR(ratio.median, 2, 0.02);
  EXPECT_THAT(ratio.outliers.first, ElementsAre(3, 50));
  EXPECT_EQ(ratio.outliers.count, 2);
}

// 1.4826 median absolute deviations, in logarithms; here the MAD of the logarithms is about 0.127.
TEST(LengthRatio, BoundsAreSoManyDeviationsFromTheMedian) {
  const LengthRatio ratio = length_ratio(usual_pairs());
  EXPECT_NEAR(ratio.median * ratio.median, ratio.low * ratio.high, 1e-6);
  EXPECT_NEAR(std::log(ratio.high / ratio.median), LengthRatio::kSpreads * 1.4826 * 0.127, 0.03);
  EXPECT_THAT(ratio.outliers.first, IsEmpty());
}

TEST(LengthRatio, HalfOfTheCorpusMayBeSpoilt) {
  std::vector<PairShape> pairs = usual_pairs();
  for (size_t i = 0; i < 45; ++i) pairs[i] = pair(1, 5000);
  EXPECT_EQ(length_ratio(pairs).outliers.count, 45);
}

TEST(LengthRatio, EqualLengthsLeaveRoomForAFactor) {
  std::vector<PairShape> pairs(100, pair(10, 10));
  pairs[1] = pair(10, 24);
  pairs[2] = pair(10, 26);
  EXPECT_THAT(length_ratio(pairs).outliers.first, ElementsAre(2));
}

TEST(LengthRatio, CountsEveryPairWithTextInOneBin) {
  std::vector<PairShape> pairs = {pair(10, 10), pair(1, 1000000), pair(1000000, 1), pair(10, 0), pair(10, 11)};
  const LengthRatio ratio = length_ratio(pairs);
  EXPECT_EQ(std::accumulate(ratio.bins.begin(), ratio.bins.end(), int64_t{0}), 4);
  EXPECT_EQ(ratio.bins.front(), 1);
  EXPECT_EQ(ratio.bins.back(), 1);
  const size_t middle = ratio.bins.size() / 2;
  EXPECT_EQ(LengthRatio::bin_edge(middle), 1);
  EXPECT_EQ(ratio.bins[middle], 2);
}

TEST(LengthRatio, OfNoTextFindsNothing) {
  EXPECT_EQ(length_ratio({}).outliers.count, 0);
  EXPECT_EQ(length_ratio(std::vector<PairShape>{pair(0, 3)}).outliers.count, 0);
}

}  // namespace
}  // namespace heed

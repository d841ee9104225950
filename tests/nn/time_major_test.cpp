#include "nn/time_major.h"

#include <ATen/ops/equal.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace heed {
namespace {

using ::testing::ElementsAre;

// Sentences of 2, 4, 1 and 4 rows: rows 0 1 | 2 3 4 5 | 6 | 7 8 9 10.
const Segments kSegments = Segments::packed({2, 4, 1, 4});

torch::Tensor numbered() { return torch::arange(11, torch::kFloat).unsqueeze(1); }

TEST(TimeMajor, ReadsTheFirstRowOfEverySentenceThenTheSecondOnes) {
  const TimeMajor order(kSegments, TimeMajor::Direction::kForward, torch::kCPU);
  EXPECT_THAT(order.sentences(), ElementsAre(1, 3, 0, 2));
  EXPECT_THAT(order.counts(), ElementsAre(4, 3, 2, 2));
  const torch::Tensor expected = torch::tensor({2, 7, 0, 6, 3, 8, 1, 4, 9, 5, 10}, torch::kFloat).unsqueeze(1);
  EXPECT_TRUE(torch::equal(order.reorder(numbered()), expected));
  EXPECT_TRUE(torch::equal(order.restore(expected), numbered()));
}

TEST(TimeMajor, BackwardsReadsEverySentenceFromItsLastRow) {
  const TimeMajor order(kSegments, TimeMajor::Direction::kBackward, torch::kCPU);
  EXPECT_THAT(order.counts(), ElementsAre(4, 3, 2, 2));
  const torch::Tensor expected = torch::tensor({5, 10, 1, 6, 4, 9, 0, 3, 8, 2, 7}, torch::kFloat).unsqueeze(1);
  EXPECT_TRUE(torch::equal(order.reorder(numbered()), expected));
  EXPECT_TRUE(torch::equal(order.restore(expected), numbered()));
}

TEST(TimeMajor, GradientsGoBackToTheirRows) {
  const TimeMajor order(kSegments, TimeMajor::Direction::kForward, torch::kCPU);
  torch::Tensor x = numbered().requires_grad_();
  const torch::Tensor weights = torch::arange(11, torch::kFloat).unsqueeze(1) * 3;
  (order.restore(order.reorder(x)) * weights).sum().backward();
  EXPECT_TRUE(torch::equal(x.grad(), weights));
}

TEST(TimeMajor, ReachIsTheMemoryOfEachSentenceInItsOrder) {
  const TimeMajor order(kSegments, TimeMajor::Direction::kForward, torch::kCPU);
  const Segments reach = order.reach(Segments::packed({3, 5, 7, 2}));
  EXPECT_THAT(reach.starts(), ElementsAre(3, 15, 0, 8));
  EXPECT_THAT(reach.lengths(), ElementsAre(5, 2, 3, 7));
}

}  // namespace
}  // namespace heed

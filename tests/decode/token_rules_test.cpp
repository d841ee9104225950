#include "decode/token_rules.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>

namespace heed {
namespace {

using ::testing::ElementsAre;
using Ids = std::vector<int64_t>;

constexpr size_t kVocabulary = 10;
constexpr double kLogSumExp = 2;

// Tokens that a rule takes away.
Ids taken(const TokenRule& rule, const Ids& hypothesis) {
  std::vector<float> logits(kVocabulary, 1);
  rule.apply(hypothesis, logits, kLogSumExp);
  Ids gone;
  for (size_t i = 0; i < kVocabulary; ++i)
    if (std::isinf(logits[i])) gone.push_back(static_cast<int64_t>(i));
  return gone;
}

TEST(MinimumLength, KeepsFromEnding) {
  const MinimumLength rule(2, 3);
  EXPECT_THAT(taken(rule, {}), ElementsAre(3));
  EXPECT_THAT(taken(rule, {5}), ElementsAre(3));
  EXPECT_THAT(taken(rule, {5, 5}), ElementsAre());
}

TEST(NoRepeatedNgrams, TakesWhatWouldRepeatOne) {
  EXPECT_THAT(taken(NoRepeatedNgrams(1), {5, 7, 5}), ElementsAre(5, 7));
  EXPECT_THAT(taken(NoRepeatedNgrams(2), {5, 7, 5}), ElementsAre(7));
  EXPECT_THAT(taken(NoRepeatedNgrams(2), {5, 5}), ElementsAre(5));
  EXPECT_THAT(taken(NoRepeatedNgrams(3), {5, 7, 8, 5, 7}), ElementsAre(8));
  EXPECT_THAT(taken(NoRepeatedNgrams(3), {5, 7}), ElementsAre());
  EXPECT_THAT(taken(NoRepeatedNgrams(4), {}), ElementsAre());
}

TEST(RepetitionPenalty, MultipliesTheLogProbabilityOfEachTokenOnce) {
  std::vector<float> logits(kVocabulary, 1);
  RepetitionPenalty(1.5).apply(Ids{4, 6, 4}, logits, kLogSumExp);
  for (size_t i = 0; i < kVocabulary; ++i) EXPECT_FLOAT_EQ(logits[i], i == 4 || i == 6 ? 2 + 1.5f * (1 - 2) : 1) << i;
}

TEST(TargetPrefix, LeavesNothingElseUntilItIsWritten) {
  const TargetPrefix rule({7, 4});
  EXPECT_THAT(taken(rule, {}), ElementsAre(0, 1, 2, 3, 4, 5, 6, 8, 9));
  EXPECT_THAT(taken(rule, {7}), ElementsAre(0, 1, 2, 3, 5, 6, 7, 8, 9));
  EXPECT_THAT(taken(rule, {7, 4}), ElementsAre());
}

TEST(AvoidedPhrase, TakesTheTokenThatWouldCompleteIt) {
  EXPECT_THAT(taken(AvoidedPhrase({7, 4}), {}), ElementsAre());
  EXPECT_THAT(taken(AvoidedPhrase({7, 4}), {4, 7}), ElementsAre(4));
  EXPECT_THAT(taken(AvoidedPhrase({7, 4}), {7, 5}), ElementsAre());
  EXPECT_THAT(taken(AvoidedPhrase({5}), {}), ElementsAre(5));
}

TEST(RuledScores, RememberWhatTheModelSaid) {
  std::vector<float> logits(2 * kVocabulary, 1);
  const std::vector<double> sums = {kLogSumExp, 3};
  const TokenRules rules = {std::make_shared<NoRepeatedNgrams>(1)};
  const RuledScores ruled(RowScores{logits, sums}, rules, [](size_t row) { return Ids{row == 0 ? 4 : 5}; });
  EXPECT_TRUE(std::isinf(ruled.scores().logits[4]));
  EXPECT_TRUE(std::isinf(ruled.scores().logits[kVocabulary + 5]));
  EXPECT_EQ(ruled.log_prob(0, 4), 1 - kLogSumExp);
  EXPECT_EQ(ruled.log_prob(1, 5), 1 - 3.0);
}

}  // namespace
}  // namespace heed

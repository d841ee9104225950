#include "decode/beam_search.h"

#include <gtest/gtest.h>

#include <limits>

namespace heed {
namespace {

const SpecialIds kSpecial;  // pad 0, unk 1, bos 2, eos 3
constexpr int32_t kA = 4, kB = 5;

// log p of eos, a and b; the others are impossible.
std::vector<float> next(float eos, float a, float b) {
  const float impossible = -std::numeric_limits<float>::infinity();
  return {impossible, impossible, impossible, eos, a, b};
}

std::vector<float> rows(const std::vector<std::vector<float>>& all) {
  std::vector<float> joined;
  for (const auto& row : all) joined.insert(joined.end(), row.begin(), row.end());
  return joined;
}

void advance(BeamSearch& search, std::vector<float> log_probs) {
  search.advance(RowScores{log_probs, std::vector<double>(search.live().size(), 0)});
}

DecodeConfig beam_of(int64_t size, double length_penalty) {
  DecodeConfig config;
  config.beam_size = size;
  config.length_penalty = length_penalty;
  return config;
}

constexpr int64_t kSourceLength = 4;

TEST(BeamSearch, TheFirstTokenIsNotEos) {
  const DecodeConfig config = beam_of(2, 1);
  BeamSearch search(config, kSpecial, kSourceLength);
  advance(search, next(-0.25f, -0.5f, -2));
  EXPECT_EQ(search.live(), (std::vector<Candidate>{{-0.5, 0, kA}, {-2, 0, kB}}));
}

TEST(BeamSearch, PutsTheBestUnfinishedCandidateInTheFinishedOnesPlace) {
  const DecodeConfig config = beam_of(2, 1);
  BeamSearch search(config, kSpecial, kSourceLength);
  advance(search, next(-9, -0.5f, -2));
  advance(search, rows({next(-0.25f, -3, -4), next(-9, -9, -9)}));
  EXPECT_EQ(search.live(), (std::vector<Candidate>{{-4.5, 0, kB}, {-3.5, 0, kA}}));
  advance(search, rows({next(-1, -9, -9), next(-1, -9, -9)}));
  EXPECT_TRUE(search.done());
  EXPECT_EQ(search.results().front(), (Hypothesis{{kA}, -0.75, -0.375, true, {-0.5, -0.25}}));  // a, eos
}

// The second step finishes only its second best, the third one its best.
BeamSearch two_finished(const DecodeConfig& config) {
  BeamSearch search(config, kSpecial, kSourceLength);
  advance(search, next(-9, -0.5f, -1));
  advance(search, rows({next(-20, -0.25f, -9), next(-1, -9, -9)}));
  EXPECT_FALSE(search.done());
  std::vector<std::vector<float>> third(search.live().size(), next(-30, -30, -30));
  third[0] = next(-0.25f, -20, -20);
  advance(search, rows(third));
  return search;
}

TEST(BeamSearch, WithoutALengthPenaltyEndsOnceTheBestIsFinished) {
  DecodeConfig config = beam_of(3, 0);
  EXPECT_TRUE(two_finished(config).done());
  config.n_best = 3;
  EXPECT_FALSE(two_finished(config).done());
}

TEST(BeamSearch, WithALengthPenaltyEndsOnceTheBeamsSizeIsFinished) {
  const DecodeConfig three = beam_of(3, 1), two = beam_of(2, 1);
  EXPECT_FALSE(two_finished(three).done());
  EXPECT_TRUE(two_finished(two).done());
}

TEST(BeamSearch, AnEosInTheSecondHalfOfTheCandidatesEndsNothing) {
  const DecodeConfig config = beam_of(1, 1);
  BeamSearch search(config, kSpecial, kSourceLength);
  advance(search, next(-9, -0.5f, -5));
  advance(search, next(-0.75f, -0.5f, -5));
  EXPECT_EQ(search.live(), (std::vector<Candidate>{{-1, 0, kA}}));
}

TEST(BeamSearch, GivesAllThatWereFinishedBestFirst) {
  const DecodeConfig config = beam_of(2, 1);
  const std::vector<Hypothesis> found = two_finished(config).results();  // n_best is 1
  EXPECT_EQ(found, (std::vector<Hypothesis>{{{kA, kA}, -1, -1. / 3, true, {-0.5, -0.25, -0.25}},
                                            {{kB}, -2, -1, true, {-1, -1}}}));
}

TEST(BeamSearch, KnowsWhatItCut) {
  DecodeConfig config = beam_of(2, 1);
  config.max_length = 2;
  BeamSearch search(config, kSpecial, kSourceLength);
  advance(search, next(-9, -0.5f, -2));
  advance(search, rows({next(-0.25f, -0.5f, -4), next(-9, -9, -9)}));
  EXPECT_TRUE(search.done());
  EXPECT_EQ(search.results(), (std::vector<Hypothesis>{{{kA}, -0.75, -0.375, true, {-0.5, -0.25}},
                                                       {{kA, kA}, -1, -0.5, false, {-0.5, -0.5}}}));
}

TEST(BeamSearch, TheLimitGrowsWithTheSourceUpToMaxLength) {
  DecodeConfig config;
  config.max_length = 100;
  config.max_length_ratio = 2.5;
  EXPECT_EQ(length_limit(config, 1), 12);
  EXPECT_EQ(length_limit(config, 3), 17);  // 10 + floor(7.5)
  EXPECT_EQ(length_limit(config, 36), 100);
  EXPECT_EQ(length_limit(config, 37), 100);
  config.max_length_ratio = 1e300;
  EXPECT_EQ(length_limit(config, 1 << 20), 100);
  config.max_length_ratio = 0;
  EXPECT_EQ(length_limit(config, 1), 100);
}

TEST(BeamSearch, ScoresByLength) {
  DecodeConfig config = beam_of(1, 2);
  EXPECT_EQ(normalised_score(-18, 3, config), -2);
  config.length_penalty_type = LengthPenaltyType::kWu;
  EXPECT_EQ(normalised_score(-18, 13, config), -2);
  config.length_penalty = 0;
  EXPECT_EQ(normalised_score(-18, 13, config), -18);
}

}  // namespace
}  // namespace heed

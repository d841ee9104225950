#include "decode/diverse_beam_search.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <set>

namespace heed {
namespace {

const SpecialIds kSpecial;  // pad 0, unk 1, bos 2, eos 3
constexpr size_t kVocabulary = 12;

// The same distribution after every hypothesis: token 4 + i is a nat less probable than the one before, eos comes last.
std::vector<float> next(size_t rows) {
  std::vector<float> logits;
  for (size_t row = 0; row < rows; ++row)
    for (size_t token = 0; token < kVocabulary; ++token)
      logits.push_back(token < 4 ? -20.0f : -static_cast<float>(token - 4));
  return logits;
}

void step(Search& search) {
  const size_t rows = search.live().size();
  std::vector<float> logits = next(rows);
  search.advance(RowScores{logits, std::vector<double>(rows, 0)});
}

DecodeConfig config_of(int64_t beam_size, int64_t groups, double penalty) {
  DecodeConfig config;
  config.beam_size = beam_size;
  config.beam_groups = groups;
  config.diversity_penalty = penalty;
  config.max_length = 3;
  return config;
}

std::vector<int32_t> tokens_of(const Search& search) {
  std::vector<int32_t> tokens;
  for (const Candidate& one : search.live()) tokens.push_back(one.token);
  return tokens;
}

TEST(DiverseBeamSearch, GroupsAvoidWhatThoseBeforeHaveChosen) {
  const DecodeConfig config = config_of(3, 3, 1.5);
  DiverseBeamSearch search(config, kSpecial, 4);
  step(search);
  // For the second, 4 comes to -1.5, less than 5's -1; for the third, 5 comes to -2.5, and 4 is best again.
  EXPECT_EQ(tokens_of(search), (std::vector<int32_t>{4, 5, 4}));
  step(search);
  EXPECT_EQ(tokens_of(search), (std::vector<int32_t>{4, 5, 4}));
  for (size_t i = 0; i < 3; ++i) EXPECT_EQ(search.live()[i].row, static_cast<int32_t>(i));
}

TEST(DiverseBeamSearch, WithoutAPenaltyIsTheSameBeamSeveralTimes) {
  const DecodeConfig config = config_of(6, 3, 0), of_group = config_of(2, 1, 0);
  DiverseBeamSearch search(config, kSpecial, 4);
  BeamSearch alone(of_group, kSpecial, 4);
  while (!search.done()) {
    ASSERT_FALSE(alone.done());
    step(search);
    step(alone);
    ASSERT_EQ(search.live().size(), 3 * alone.live().size());
    for (size_t i = 0; i < search.live().size(); ++i)
      EXPECT_EQ(search.live()[i].token, alone.live()[i % alone.live().size()].token);
  }
  EXPECT_EQ(search.results().size(), 3 * alone.results().size());
  EXPECT_EQ(search.results().front(), alone.results().front());
}

TEST(DiverseBeamSearch, ScoresCarryThePenaltiesAndLogProbabilitiesDoNot) {
  const DecodeConfig config = config_of(2, 2, 0.25);
  DiverseBeamSearch search(config, kSpecial, 4);
  while (!search.done()) step(search);
  const auto found = search.results();
  ASSERT_EQ(found.size(), 2u);
  for (const Hypothesis& one : found) EXPECT_EQ(one.log_probability, 0);  // 4 three times
  EXPECT_EQ(found[0].score, 0);
  EXPECT_EQ(found[1].score, -0.25);  // three times, by a length of three
}

}  // namespace
}  // namespace heed

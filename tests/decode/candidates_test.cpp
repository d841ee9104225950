#include "decode/candidates.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <utility>

#include "core/random.h"
#include "kernels/log_sum_exp.h"

namespace heed {
namespace {

std::vector<Candidate> sorted_candidates(const std::vector<float>& values, const std::vector<double>& before,
                                         size_t count, const std::vector<int64_t>& forbidden) {
  std::vector<Candidate> all;
  const size_t size = values.size() / before.size();
  for (size_t i = 0; i < values.size(); ++i) {
    const auto token = static_cast<int32_t>(i % size);
    const bool banned = std::count(forbidden.begin(), forbidden.end(), token) > 0;
    if (!banned && values[i] > -std::numeric_limits<float>::infinity())
      all.push_back({before[i / size] + values[i], static_cast<int32_t>(i / size), token});
  }
  std::sort(all.begin(), all.end(), is_better);
  all.resize(std::min(all.size(), count));
  return all;
}

// Whether the largest of each block of a row is known or not.
std::vector<Candidate> best_of_logits(std::vector<float> logits, const std::vector<double>& log_sum_exps,
                                      const std::vector<double>& before, size_t count,
                                      const std::vector<int64_t>& forbidden) {
  constexpr auto kBlock = static_cast<size_t>(kLargestOf);
  const size_t size = before.empty() ? 0 : logits.size() / before.size();
  std::vector<float> largest;
  for (size_t row = 0; row < before.size(); ++row)
    for (size_t begin = 0; begin < size; begin += kBlock) {
      float most = -std::numeric_limits<float>::infinity();
      for (size_t i = begin; i < std::min(size, begin + kBlock); ++i) most = std::fmax(most, logits[row * size + i]);
      largest.push_back(most);
    }
  const auto found = best_candidates({logits, log_sum_exps, largest}, before, count, forbidden);
  EXPECT_EQ(best_candidates({logits, log_sum_exps}, before, count, forbidden), found);
  return found;
}

// Of values that are log probabilities.
std::vector<Candidate> best_of(std::vector<float> values, const std::vector<double>& before, size_t count,
                               const std::vector<int64_t>& forbidden = {}) {
  return best_of_logits(std::move(values), std::vector<double>(before.size(), 0), before, count, forbidden);
}

TEST(BestCandidates, EqualASortOfAllOfThem) {
  RandomStream stream(1);
  for (const int64_t distinct : {3, 50, 1 << 20})  // few distinct values: many ties
    for (const size_t size : {5u, 64u, 65u, 1000u})
      for (const size_t count : {1u, 2u, 10u, 4000u}) {
        std::vector<float> values(3 * size);
        for (float& value : values)
          value = -static_cast<float>(stream.below(static_cast<uint64_t>(distinct))) / static_cast<float>(distinct) * 9;
        const std::vector<double> before = {-0.5, -0.5 + 1e-9, -0.25};
        EXPECT_EQ(best_of(values, before, count, {0, 2}), sorted_candidates(values, before, count, {0, 2}))
            << distinct << " values, " << size << " tokens, best " << count;
      }
}

// Every row has a scale of its own: what counts is how far a logit lies below the row's log-sum-exp.
TEST(BestCandidates, LogitsCountFromTheirRowsLogSumExp) {
  RandomStream stream(3);
  constexpr size_t kSize = 300;
  for (const size_t count : {1u, 4u, 40u}) {
    std::vector<float> logits(3 * kSize);
    const std::vector<double> before = {-0.5, -3, -1}, log_sum_exps = {250, -40, 3.5};
    std::vector<Candidate> all;
    for (size_t i = 0; i < logits.size(); ++i) {
      const size_t row = i / kSize;
      logits[i] = static_cast<float>(log_sum_exps[row]) - static_cast<float>(stream.below(4000)) / 256;
      all.push_back(
          {before[row] + (logits[i] - log_sum_exps[row]), static_cast<int32_t>(row), static_cast<int32_t>(i % kSize)});
    }
    std::sort(all.begin(), all.end(), is_better);
    all.resize(count);
    EXPECT_EQ(best_candidates({logits, log_sum_exps}, before, count, {}), all) << count;
  }
}

TEST(BestCandidates, RowsWithoutASumHaveNone) {
  std::vector<float> logits(100, 1);
  const std::vector<double> log_sum_exps = {std::nan("")}, before = {-1};
  EXPECT_TRUE(best_candidates({logits, log_sum_exps}, before, 4, {}).empty());
}

TEST(BestCandidates, TiesGoToTheEarlierRowAndTheSmallerToken) {
  const std::vector<float> values(200, -1.0f);
  const auto best = best_of(values, {-2, -2}, 3, {1});
  EXPECT_EQ(best, (std::vector<Candidate>{{-3, 0, 0}, {-3, 0, 2}, {-3, 0, 3}}));
}

// A difference far below the rounding of the sums must not decide otherwise than the sums do.
TEST(BestCandidates, ValuesNextToZeroAreComparedAsSums) {
  const std::vector<float> values = {-2e-30f, -1e-30f, -1e-3f, -3e-30f};
  const auto best = best_of(values, {-700}, 2);
  EXPECT_EQ(best, (std::vector<Candidate>{{-700, 0, 0}, {-700, 0, 1}}));
}

TEST(BestCandidates, OneBarelyBetterIsFoundAmongManyWorse) {
  std::vector<float> values(1000, -9);
  values[1] = -1;
  values[900] = std::nextafter(-1.0f, 0.0f);
  for (const double before : {0.0, -3.0, -250.0})
    EXPECT_EQ(best_of(values, {before}, 1), (std::vector<Candidate>{{before + values[900], 0, 900}}));
}

TEST(BestCandidates, ImpossibleAndUndefinedTokensAreNone) {
  const float infinity = std::numeric_limits<float>::infinity();
  const std::vector<float> values = {-infinity, std::nanf(""), -3, -infinity};
  EXPECT_EQ(best_of(values, {-1}, 4), (std::vector<Candidate>{{-4, 0, 2}}));
  EXPECT_TRUE(best_of({}, {}, 4).empty());
}

// Each row's own best in the order in which they are listed, ties by token.
TEST(BestCandidates, OfListedTokensEqualThoseOfAll) {
  RandomStream stream(2);
  constexpr size_t kSize = 100, kCount = 6;
  for (const uint64_t distinct : {4u, 1000u}) {
    std::vector<float> values(3 * kSize);
    for (float& value : values) value = -static_cast<float>(stream.below(distinct) + 1) / 64;
    const std::vector<double> before = {-0.5, -0.25, -1};
    std::vector<float> log_probs;
    std::vector<int32_t> tokens;
    for (size_t row = 0; row < 3; ++row) {
      const std::vector<float> own(values.begin() + row * kSize, values.begin() + (row + 1) * kSize);
      for (const Candidate& c : sorted_candidates(own, {0}, kCount, {0, 2})) {
        log_probs.push_back(own[static_cast<size_t>(c.token)]);
        tokens.push_back(c.token);
      }
    }
    EXPECT_EQ(best_candidates(ListedTokens{log_probs, tokens}, before, kCount),
              sorted_candidates(values, before, kCount, {0, 2}));
    log_probs[0] = -std::numeric_limits<float>::infinity();  // no candidate
    for (const Candidate& c : best_candidates(ListedTokens{log_probs, tokens}, before, 3 * kCount))
      EXPECT_FALSE(c.row == 0 && c.token == tokens[0]);
    EXPECT_EQ(best_candidates(ListedTokens{log_probs, tokens}, before, 3 * kCount).size(), 3 * kCount - 1);
  }
}

}  // namespace
}  // namespace heed

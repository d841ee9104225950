#include "data/batch_sampler.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>

#include "core/random.h"

namespace heed {
namespace {

// Log-normal lengths, about 14 tokens in the mean, a target near its source: like the captions of Multi30k.
std::vector<PairLengths> generated_lengths(int count) {
  RandomStream random(random_key(1, Purpose::kToy));
  const auto normal = [&] {
    return std::sqrt(-2 * std::log(1 - random.uniform())) * std::cos(2 * M_PI * random.uniform());
  };
  std::vector<PairLengths> lengths;
  for (int i = 0; i < count; ++i) {
    const double source = std::exp(2.5 + 0.4 * normal());
    const double target = source * std::exp(0.15 * normal());
    lengths.push_back({std::max(1, static_cast<int>(source)), std::max(1, static_cast<int>(target))});
  }
  return lengths;
}

std::vector<std::vector<int32_t>> batches_of(const EpochBatches& epoch) {
  std::vector<std::vector<int32_t>> batches;
  for (int64_t b = 0; b < epoch.size(); ++b) batches.emplace_back(epoch[b].begin(), epoch[b].end());
  return batches;
}

struct Tokens {
  int64_t source = 0, target = 0;
};

Tokens tokens_of(std::span<const int32_t> batch, const std::vector<PairLengths>& lengths) {
  Tokens tokens;
  for (const int32_t sentence : batch) {
    tokens.source += lengths[static_cast<size_t>(sentence)].source + 1;
    tokens.target += lengths[static_cast<size_t>(sentence)].target + 1;
  }
  return tokens;
}

TEST(BatchSampler, EverySentenceStandsInOneBatchWithinTheBudget) {
  const std::vector<PairLengths> lengths = generated_lengths(20000);
  for (const int64_t budget : {30, 500, 4096, 10000000}) {
    const EpochBatches epoch = BatchSampler(lengths, budget, 1).epoch(0);
    std::vector<int> seen(lengths.size());
    for (int64_t b = 0; b < epoch.size(); ++b) {
      ASSERT_FALSE(epoch[b].empty());
      const Tokens tokens = tokens_of(epoch[b], lengths);
      ASSERT_TRUE(std::max(tokens.source, tokens.target) <= budget || epoch[b].size() == 1);
      for (const int32_t sentence : epoch[b]) ++seen[static_cast<size_t>(sentence)];
    }
    EXPECT_EQ(std::count(seen.begin(), seen.end(), 1), static_cast<std::ptrdiff_t>(seen.size()));
  }
}

TEST(BatchSampler, IsAPureFunctionOfSeedAndEpoch) {
  const std::vector<PairLengths> lengths = generated_lengths(3000);
  const BatchSampler sampler(lengths, 500, 7);
  const auto third = batches_of(sampler.epoch(3));
  sampler.epoch(0);
  EXPECT_EQ(batches_of(sampler.epoch(3)), third);
  EXPECT_EQ(batches_of(BatchSampler(lengths, 500, 7).epoch(3)), third);
  EXPECT_NE(batches_of(sampler.epoch(4)), third);
  EXPECT_NE(batches_of(BatchSampler(lengths, 500, 8).epoch(3)), third);
}

TEST(BatchSampler, BatchesAreFull) {
  const std::vector<PairLengths> lengths = generated_lengths(30000);
  const EpochBatches epoch = BatchSampler(lengths, 4096, 1).epoch(0);
  int64_t filled = 0;
  for (int64_t b = 0; b < epoch.size(); ++b) {
    const Tokens tokens = tokens_of(epoch[b], lengths);
    filled += std::max(tokens.source, tokens.target);
  }
  EXPECT_GT(static_cast<double>(filled) / static_cast<double>(epoch.size() * 4096), 0.98);
}

// Padding a batch to its longest sentence is not done, but attention's square cost is close to it.
TEST(BatchSampler, ABatchHoldsSentencesOfSimilarLength) {
  const std::vector<PairLengths> lengths = generated_lengths(60000);
  const EpochBatches epoch = BatchSampler(lengths, 4096, 1).epoch(0);
  int64_t tokens = 0, padded = 0;
  for (int64_t b = 0; b < epoch.size(); ++b) {
    int32_t longest = 0;
    for (const int32_t sentence : epoch[b])
      longest = std::max(longest, lengths[static_cast<size_t>(sentence)].target + 1);
    padded += longest * static_cast<int64_t>(epoch[b].size());
    tokens += tokens_of(epoch[b], lengths).target;
  }
  EXPECT_LT(static_cast<double>(padded) / static_cast<double>(tokens), 1.1);
}

TEST(BatchSampler, BatchesComeInRandomOrderOfLength) {
  const std::vector<PairLengths> lengths = generated_lengths(30000);
  const EpochBatches epoch = BatchSampler(lengths, 1000, 1).epoch(0);
  int rises = 0;
  for (int64_t b = 1; b < epoch.size(); ++b) rises += epoch[b].size() > epoch[b - 1].size();
  EXPECT_NEAR(static_cast<double>(rises) / static_cast<double>(epoch.size()), 0.5, 0.08);
}

TEST(BatchSampler, ASentenceOverTheBudgetHasABatchOfItsOwn) {
  const EpochBatches epoch = BatchSampler({{3, 3}, {100, 2}, {3, 3}, {2, 100}}, 10, 1).epoch(0);
  std::vector<std::vector<int32_t>> batches = batches_of(epoch);
  for (auto& batch : batches) std::sort(batch.begin(), batch.end());
  std::sort(batches.begin(), batches.end());
  EXPECT_EQ(batches, (std::vector<std::vector<int32_t>>{{0, 2}, {1}, {3}}));
}

TEST(BatchSampler, AnEmptyCorpusHasNoBatches) {
  EXPECT_EQ(BatchSampler(std::vector<PairLengths>{}, 10, 1).epoch(0).size(), 0);
}

}  // namespace
}  // namespace heed

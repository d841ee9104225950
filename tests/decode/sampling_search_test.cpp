#include "decode/sampling_search.h"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <map>

namespace heed {
namespace {

const SpecialIds kSpecial;  // pad 0, unk 1, bos 2, eos 3
constexpr size_t kVocabulary = 24;
constexpr int64_t kDraws = 100000;

DecodeConfig sampling() {
  DecodeConfig config;
  config.sampling = true;
  config.n_best = kDraws;
  return config;
}

std::vector<float> some_logits() {
  std::vector<float> logits(kVocabulary);
  RandomStream stream(7);
  for (float& logit : logits) logit = static_cast<float>(3 * stream.uniform());
  logits[10] = -std::numeric_limits<float>::infinity();
  return logits;
}

double log_sum_exp(const std::vector<float>& logits) {
  double sum = 0;
  for (const float logit : logits) sum += std::exp(static_cast<double>(logit));
  return std::log(sum);
}

// How often each token is drawn first.
std::map<int32_t, int64_t> first_tokens(const DecodeConfig& config, uint64_t key = 5) {
  SamplingSearch search(config, kSpecial, 4, key);
  std::vector<float> logits = some_logits();
  const std::vector<double> sum = {log_sum_exp(logits)};
  search.advance(RowScores{logits, sum});
  std::map<int32_t, int64_t> counts;
  for (const Candidate& one : search.live()) ++counts[one.token];
  return counts;
}

// Of the tokens that may come first, each with its probability among them.
std::map<int32_t, double> softmax(double temperature) {
  const std::vector<float> logits = some_logits();
  std::map<int32_t, double> weights;
  double total = 0;
  for (size_t i = 4; i < kVocabulary; ++i)
    total += weights[static_cast<int32_t>(i)] = std::exp(logits[i] / temperature);
  for (auto& [token, weight] : weights) weight /= total;
  return weights;
}

// The chi-square statistic of as many degrees of freedom as there are tokens but one.
double chi_square(const std::map<int32_t, int64_t>& counts, const std::map<int32_t, double>& expected) {
  double sum = 0;
  for (const auto& [token, probability] : expected) {
    const auto found = counts.find(token);
    const double count = found == counts.end() ? 0 : static_cast<double>(found->second), mean = kDraws * probability;
    if (mean > 0) sum += (count - mean) * (count - mean) / mean;
  }
  return sum;
}

// 19 tokens can come first: 42.3 is passed by one run in a thousand, and the draws are always the same.
TEST(SamplingSearch, DrawsFromTheSoftmaxAtEveryTemperature) {
  for (const double temperature : {1.0, 0.5, 2.0}) {
    DecodeConfig config = sampling();
    config.temperature = temperature;
    const auto counts = first_tokens(config);
    EXPECT_LT(chi_square(counts, softmax(temperature)), 42.3) << temperature;
    EXPECT_GT(chi_square(counts, softmax(temperature * 1.1)), 42.3) << "it would not see another temperature";
    EXPECT_EQ(counts.count(10), 0u);
  }
}

TEST(SamplingSearch, DrawsAmongTheMostProbableAlone) {
  DecodeConfig config = sampling();
  config.top_k = 3;
  std::map<int32_t, double> expected = softmax(1);
  while (expected.size() > 3) {
    auto least = expected.begin();
    for (auto it = expected.begin(); it != expected.end(); ++it)
      if (it->second < least->second) least = it;
    expected.erase(least);
  }
  double total = 0;
  for (const auto& [token, probability] : expected) total += probability;
  for (auto& [token, probability] : expected) probability /= total;
  const auto counts = first_tokens(config);
  EXPECT_EQ(counts.size(), 3u);
  EXPECT_LT(chi_square(counts, expected), 13.8);  // 2 degrees of freedom

  config.top_k = 0;
  config.top_p = total * 0.99;  // the third is needed
  EXPECT_LT(chi_square(first_tokens(config), expected), 13.8);
  config.top_p = total * 1.01;  // and then one more
  EXPECT_EQ(first_tokens(config).size(), 4u);
}

TEST(SamplingSearch, DependsOnTheSeedAndTheLine) {
  DecodeConfig config = sampling();
  config.n_best = 50;
  const auto counts = first_tokens(config);
  EXPECT_EQ(first_tokens(config), counts);
  EXPECT_NE(first_tokens(config, 6), counts);
  config.sampling_seed = 2;
  EXPECT_NE(first_tokens(config), counts);
}

TEST(SamplingSearch, KeepsTheModelsOwnLogProbability) {
  DecodeConfig config = sampling();
  config.n_best = 4;
  config.temperature = 0.3;
  config.max_length = 1;
  SamplingSearch search(config, kSpecial, 4, 1);
  std::vector<float> logits = some_logits();
  const std::vector<double> sum = {log_sum_exp(logits)};
  search.advance(RowScores{logits, sum});
  EXPECT_TRUE(search.done());
  for (const Hypothesis& one : search.results()) {
    ASSERT_EQ(one.ids.size(), 1u);
    EXPECT_EQ(one.log_probability, some_logits()[static_cast<size_t>(one.ids[0])] - sum[0]);
    EXPECT_FALSE(one.finished);
  }
}

TEST(SamplingSearch, OfNothingPossibleIsImpossible) {
  const float infinity = std::numeric_limits<float>::infinity();
  for (const float value : {std::nanf(""), -infinity}) {
    DecodeConfig config = sampling();
    config.n_best = 3;
    SamplingSearch search(config, kSpecial, 4, 1);
    std::vector<float> logits(kVocabulary, value);
    const std::vector<double> sum = {std::nan("")};
    search.advance(RowScores{logits, sum});
    EXPECT_TRUE(search.done());
    ASSERT_EQ(search.results().size(), 1u);
    EXPECT_EQ(search.results()[0].log_probability, -infinity);
  }
}

}  // namespace
}  // namespace heed

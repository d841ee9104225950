// The reaches that layers bring: mixtures of keys, learned spans, predicted places; and positions in buckets.
#include <ATen/ops/allclose.h>
#include <ATen/ops/cat.h>
#include <ATen/ops/matmul.h>
#include <gtest/gtest.h>

#include <cmath>
#include <limits>

#include "core/error.h"
#include "nn/attention/adaptive_span.h"
#include "nn/attention/attend.h"
#include "nn/attention/key_mixing.h"
#include "nn/attention/reference.h"
#include "nn/attention/relative_positions.h"
#include "support/random_tensor.h"

namespace heed::testing {
namespace {

TEST(KeyMixing, IsAProductOverEachSentencesRows) {
  const Segments sentences = Segments::packed({3, 1, 6});
  KeyMixing mixing(2, 8);
  mixing->to(torch::kDouble);
  const torch::NoGradGuard no_grad;
  mixing->weight.copy_(random_tensor({2, 8}, 1, torch::kDouble));
  const torch::Tensor rows = random_tensor({10, 5}, 2, torch::kDouble), mixed = mixing(rows, sentences);
  EXPECT_EQ(mixing->mixed(sentences).lengths(), (std::vector<int32_t>{2, 2, 2}));
  for (int64_t b = 0, first = 0; b < 3; first += sentences.lengths()[static_cast<size_t>(b)], ++b) {
    const int64_t length = sentences.lengths()[static_cast<size_t>(b)];
    const torch::Tensor expected = at::matmul(mixing->weight.narrow(1, 0, length), rows.narrow(0, first, length));
    EXPECT_TRUE(at::allclose(mixed.narrow(0, 2 * b, 2), expected, 1e-12, 1e-12)) << b;
  }
}

TEST(KeyMixing, RefusesWhatIsLongerThanItHasLearned) {
  KeyMixing mixing(2, 8);
  EXPECT_THROW(mixing(torch::zeros({9, 4}), Segments::packed({9})), DataError);
}

// What a sentence's weights say of its rows gives the same output as the mixtures do.
TEST(KeyMixing, SpreadWeightsTimesRowsAreTheOutput) {
  const Segments keys = Segments::packed({5, 2}), queries = Segments::packed({3, 4});
  KeyMixing mixing(3, 6);
  mixing->to(torch::kDouble);
  const torch::NoGradGuard no_grad;
  mixing->weight.copy_(random_tensor({3, 6}, 1, torch::kDouble));
  const torch::Tensor query = random_tensor({7, 4}, 2, torch::kDouble), key = random_tensor({7, 4}, 3, torch::kDouble),
                      value = random_tensor({7, 4}, 4, torch::kDouble);
  const AttentionProblem problem{.queries = queries, .keys = mixing->mixed(keys)};
  const AttentionOutput out = reference_attention({query, mixing(key, keys), mixing(value, keys)}, problem);
  const auto spread = mixing->spread(out.weights, keys);
  EXPECT_TRUE(at::allclose(at::matmul(spread[0][0], value.narrow(0, 0, 5)), out.output.narrow(0, 0, 3), 1e-12, 1e-12));
  EXPECT_TRUE(at::allclose(at::matmul(spread[1][0], value.narrow(0, 5, 2)), out.output.narrow(0, 3, 4), 1e-12, 1e-12));
}

AdaptiveSpan span_of(int64_t max_span, int64_t ramp, const std::vector<double>& shares) {
  ModelConfig config;
  config.num_heads = static_cast<int64_t>(shares.size());
  config.encoder_attention.reach = ReachType::kAdaptiveSpan;
  config.encoder_attention.max_span = max_span;
  config.encoder_attention.span_ramp = ramp;
  config.encoder_attention.span_penalty = 0.5;
  AdaptiveSpan span{AttentionOptions(config, AttentionRole::kEncoderSelf)};
  span->to(torch::kDouble);
  const torch::NoGradGuard no_grad;
  span->span.copy_(torch::tensor(shares, torch::kDouble));
  return span;
}

// Distances 0 .. 5 of heads whose spans are 2, 0 and 8, ramp 2: masks (ramp + z - d) / ramp.
TEST(AdaptiveSpan, ItsBiasesAreTheLogarithmOfTheSoftMask) {
  const AdaptiveSpan span = span_of(8, 2, {0.25, 0, 1});
  const torch::Tensor biases = span->biases(6).detach();
  const double masks[3][6] = {{1, 1, 1, 0.5, 0, 0}, {1, 0.5, 0, 0, 0, 0}, {1, 1, 1, 1, 1, 1}};
  for (int64_t head = 0; head < 3; ++head)
    for (int64_t d = 0; d < 6; ++d)
      for (const int64_t column : {5 - d, 5 + d}) {
        const double bias = biases[head][column].item<double>();
        EXPECT_NEAR(std::exp(bias), masks[head][d], 1e-12) << head << " " << d;
      }
  EXPECT_EQ(span->farthest(), 10);
  EXPECT_NEAR(span->penalty().item<double>(), 0.5 * (2 + 0 + 8) / 3, 1e-12);
}

TEST(AdaptiveSpan, LearnsByFiniteGradients) {
  const AdaptiveSpan span = span_of(8, 2, {0.3, 0.1});
  span->biases(9).exp().sum().backward();
  EXPECT_TRUE(span->span.grad().isfinite().all().item<bool>());
  EXPECT_TRUE((span->span.grad() > 0).all().item<bool>());
}

// An update may take a share beyond its ends, from where only gradients that lead back are followed.
TEST(AdaptiveSpan, ComesBackFromBeyondItsEnds) {
  const AdaptiveSpan span = span_of(8, 2, {-0.01, 1.01});
  const torch::Tensor &shares = span->span, z = learned_spans(shares, span->section());
  EXPECT_TRUE(at::equal(z, torch::tensor({0.0, 8.0}, torch::kDouble)));
  const auto gradient_of_sum = [&](double sign) {
    shares.mutable_grad() = torch::Tensor();
    (sign * learned_spans(shares, span->section())).sum().backward();
    return shares.grad();
  };
  EXPECT_TRUE(at::equal(gradient_of_sum(-1), torch::tensor({-8.0, 0.0}, torch::kDouble)));  // descent makes both longer
  EXPECT_TRUE(at::equal(gradient_of_sum(1), torch::tensor({0.0, 8.0}, torch::kDouble)));
}

// T5's buckets, of https://github.com/huggingface/transformers (T5Attention._relative_position_bucket) at v4.40; more
// of them in tests/interop.
TEST(RelativePositions, FallIntoT5sBuckets) {
  const std::vector<std::pair<int64_t, int64_t>> both = {{0, 0},    {-1, 1},   {-7, 7},   {-8, 8},    {-16, 10},
                                                         {-64, 14}, {1, 17},   {7, 23},   {8, 24},    {20, 26},
                                                         {127, 31}, {128, 31}, {900, 31}, {-128, 15}, {-900, 15}};
  for (const auto& [distance, bucket] : both) EXPECT_EQ(relative_bucket(distance, false), bucket) << distance;
  const std::vector<std::pair<int64_t, int64_t>> behind = {{3, 0},    {0, 0},    {-1, 1},    {-15, 15},
                                                           {-16, 16}, {-32, 21}, {-128, 31}, {-900, 31}};
  for (const auto& [distance, bucket] : behind) EXPECT_EQ(relative_bucket(distance, true), bucket) << distance;
}

TEST(RelativePositions, EachDistanceIsInOneBucket) {
  for (const bool causal : {false, true}) {
    const torch::Tensor table = relative_buckets(50, causal);
    EXPECT_TRUE((table.sum(0) == 1).all().item<bool>());
    for (const int64_t distance : {-49, -3, 0, 3, 49})
      EXPECT_EQ(table[relative_bucket(distance, causal)][49 + distance].item<double>(), 1);
  }
}

// Around 2.6 with 1 behind and 2 ahead: keys 2, 3 and 4, weights times e^(-(j - 2.6)^2 / (2 * 0.75^2)).
TEST(PredictedPlaces, AreSeenAroundAndWeighedByNearness) {
  const Segments keys = Segments::packed({7}), queries = Segments::packed({1});
  const torch::Tensor query = random_tensor({1, 4}, 1, torch::kDouble), key = random_tensor({7, 4}, 2, torch::kDouble);
  AttentionProblem problem{.queries = queries, .keys = keys, .reach = {.behind = 1, .ahead = 2}};
  problem.centres = torch::tensor({2.6}, torch::kDouble).view({1, 1});
  const torch::Tensor weights = reference_attention({query, key, key}, problem).weights[0][0][0];
  const torch::Tensor scores = at::matmul(key, query[0]) / 2;
  double total = 0;
  for (const int64_t j : {2, 3, 4}) total += std::exp(scores[j].item<double>());
  for (int64_t j = 0; j < 7; ++j) {
    const double distance = static_cast<double>(j) - 2.6, near = std::exp(-distance * distance / (2 * 0.75 * 0.75));
    const double expected = j >= 2 && j <= 4 ? std::exp(scores[j].item<double>()) / total * near : 0;
    EXPECT_NEAR(weights[j].item<double>(), expected, 1e-12) << j;
  }
}

TEST(KeysAround, HoldEveryKeyWithinReachOfAPlace) {
  const Reach reach{.behind = 2, .ahead = 1};
  for (const int64_t keys : {1, 2, 5, 9})
    for (double place = 0; place <= static_cast<double>(keys); place += 0.25) {
      const Span seen = keys_around(reach, place, keys);
      EXPECT_LT(seen.first, seen.end) << place << " of " << keys;
      for (int64_t j = 0; j < keys; ++j) {
        const bool within = static_cast<double>(j) >= place - 2 && static_cast<double>(j) <= place + 1;
        EXPECT_EQ(j >= seen.first && j < seen.end, within) << j << " around " << place << " of " << keys;
      }
    }
}

}  // namespace
}  // namespace heed::testing

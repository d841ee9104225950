// Sparsemax and entmax against their definitions: the t of which the weights sum to 1, found by bisection.
#include "nn/attention/normalize.h"

#include <ATen/ops/allclose.h>
#include <ATen/ops/empty.h>
#include <gtest/gtest.h>

#include <cmath>
#include <limits>

#include "support/random_tensor.h"

namespace heed::testing {
namespace {

constexpr double kInfinity = std::numeric_limits<double>::infinity();

// max(a - t, 0)^power, a the score or half of it.
double weight(Normalizer normalizer, double score, double t) {
  if (normalizer == Normalizer::kSparsemax) return std::max(score - t, 0.0);
  const double root = std::max(score / 2 - t, 0.0);
  return root * root;
}

torch::Tensor by_bisection(Normalizer normalizer, const torch::Tensor& scores) {
  torch::Tensor weights = at::empty_like(scores);
  for (int64_t row = 0; row < scores.size(0); ++row) {
    double low = -100, high = 100;
    for (int step = 0; step < 200; ++step) {
      const double t = (low + high) / 2;
      double sum = 0;
      for (int64_t j = 0; j < scores.size(1); ++j) sum += weight(normalizer, scores[row][j].item<double>(), t);
      (sum > 1 ? low : high) = t;
    }
    for (int64_t j = 0; j < scores.size(1); ++j)
      weights[row][j] = weight(normalizer, scores[row][j].item<double>(), low);
  }
  return weights;
}

class SparseNormalizer : public ::testing::TestWithParam<Normalizer> {};

TEST_P(SparseNormalizer, GivesTheWeightsOfItsDefinition) {
  for (const double scale : {0.1, 1.0, 5.0})
    for (const int64_t keys : {1, 2, 7, 40}) {
      const torch::Tensor scores = random_tensor({5, keys}, static_cast<uint64_t>(keys), torch::kDouble, scale);
      EXPECT_TRUE(at::allclose(normalize(GetParam(), scores), by_bisection(GetParam(), scores), 1e-12, 1e-12));
    }
}

TEST_P(SparseNormalizer, GivesWhatIsNotSeenNoWeight) {
  const torch::Tensor scores = torch::tensor({1.0, -kInfinity, 0.8, -kInfinity}, torch::kDouble).view({1, 4});
  const torch::Tensor alone = torch::tensor({1.0, 0.8}, torch::kDouble).view({1, 2});
  const torch::Tensor weights = normalize(GetParam(), scores), expected = normalize(GetParam(), alone);
  EXPECT_EQ(weights[0][1].item<double>(), 0);
  EXPECT_EQ(weights[0][3].item<double>(), 0);
  EXPECT_EQ(weights[0][0].item<double>(), expected[0][0].item<double>());
  EXPECT_EQ(weights[0][2].item<double>(), expected[0][1].item<double>());
}

TEST_P(SparseNormalizer, DoesNotSeeWhatIsAddedToAllScores) {
  const torch::Tensor scores = random_tensor({3, 9}, 4, torch::kDouble);
  EXPECT_TRUE(at::allclose(normalize(GetParam(), scores + 7), normalize(GetParam(), scores), 1e-12, 1e-12));
}

TEST_P(SparseNormalizer, HasTheGradientOfFiniteDifferences) {
  const torch::Tensor upstream = random_tensor({4, 9}, 2, torch::kDouble);
  torch::Tensor scores = random_tensor({4, 9}, 3, torch::kDouble, 2).requires_grad_();
  normalize(GetParam(), scores).backward(upstream);
  const torch::Tensor gradient = scores.grad();
  const torch::NoGradGuard no_grad;
  const double step = 1e-6;
  for (int64_t i = 0; i < scores.numel(); ++i) {
    const auto value_at = [&](double by) {
      torch::Tensor moved = scores.detach().clone();
      moved.view({-1})[i] += by;
      return (normalize(GetParam(), moved) * upstream).sum().item<double>();
    };
    EXPECT_NEAR(gradient.view({-1})[i].item<double>(), (value_at(step) - value_at(-step)) / (2 * step), 1e-7) << i;
  }
}

TEST_P(SparseNormalizer, NanGoesOn) {
  const double nan = std::numeric_limits<double>::quiet_NaN();
  const torch::Tensor scores = torch::tensor({0.5, nan, 0.1, 1.0, 2.0, 3.0}, torch::kDouble).view({2, 3});
  const torch::Tensor weights = normalize(GetParam(), scores);
  EXPECT_TRUE(weights[0].isnan().any().item<bool>());
  EXPECT_NEAR(weights[1].sum().item<double>(), 1, 1e-12);
}

TEST_P(SparseNormalizer, OfNoKeysThereAreNoWeights) {
  EXPECT_EQ(normalize(GetParam(), at::empty({2, 0, 0}, torch::kDouble)).numel(), 0);
}

INSTANTIATE_TEST_SUITE_P(Both, SparseNormalizer, ::testing::Values(Normalizer::kSparsemax, Normalizer::kEntmax15),
                         [](const auto& tested) {
                           return tested.param == Normalizer::kSparsemax ? "sparsemax" : "entmax15";
                         });

}  // namespace
}  // namespace heed::testing

// Attention on numbers that can be followed on paper, for every score and normalizer.
#include <gtest/gtest.h>
#include <torch/types.h>

#include <algorithm>
#include <cmath>

#include "nn/attention/attend.h"
#include "nn/attention/reference.h"
#include "nn/attention/score.h"

namespace heed {
namespace {

torch::Tensor matrix(const std::vector<double>& values) { return torch::tensor(values, torch::kDouble).view({2, 2}); }

// Q = [[1,2],[3,4]], K = [[5,6],[7,8]], V = [[9,10],[11,12]], one head of size 2.
//
// With two keys all depends on by how much the second one's score is the greater, d, for each of the two queries:
//
//   dot          Q K^T = [[17, 23], [39, 53]]                                             d = 6, 14
//   scaled_dot   the same / sqrt(2)                                                       d = 6/sqrt(2), 14/sqrt(2)
//   general      W = [[0.1, 0], [0, -0.1]]: W k = (0.5, -0.6), (0.7, -0.8);
//                q.W k = [[-0.7, -0.9], [-0.9, -1.1]]                                     d = -0.2, -0.2
//   additive     v = (100000, 0): 100000 tanh of 1 + 5 = 6, 1 + 7 = 8; 3 + 5 = 8, 3 + 7 = 10, where
//                tanh x = 1 - 2 / (e^2x + 1)       d = 200000 (1/(e^12+1) - 1/(e^16+1)), ... (1/(e^16+1) - 1/(e^20+1))
//   cosine       10 q.k / (|q| |k|), |q| = sqrt(5), 5, |k| = sqrt(61), sqrt(113):
//                [[17/sqrt(305), 23/sqrt(565)], [39/(5 sqrt(61)), 53/(5 sqrt(113))]]      d = 10 times the differences
//   euclidean    q - k = [[(-4,-4), (-6,-6)], [(-2,-2), (-4,-4)]], squared [[32, 72], [8, 32]],
//                -[...]/sqrt(2)                                                           d = -40/sqrt(2), -24/sqrt(2)
//
// and the second key's weight is
//
//   softmax      1 / (1 + e^-d)
//   sparsemax    s - t of both with a sum of 1: (1 + d) / 2, or all or nothing where that is not in [0, 1]
//   entmax15     roots a and b of the weights: b - a = d / 2, a^2 + b^2 = 1, so b = (d/2 + sqrt(2 - d^2/4)) / 2 and the
//                weight b^2; all or nothing from |d| = 2 on
//
// Each row of the output is (9 + 2 w, 10 + 2 w).
struct Worked {
  ScoreType score;
  double first, second;  // d of each query
};

void PrintTo(const Worked& worked, std::ostream* stream) { *stream << name_of(worked.score); }

double weight_of(NormalizerType normalizer, double d) {
  if (normalizer == NormalizerType::kSoftmax) return 1 / (1 + std::exp(-d));
  if (normalizer == NormalizerType::kSparsemax) return std::clamp((1 + d) / 2, 0.0, 1.0);
  if (std::abs(d) >= 2) return d > 0 ? 1 : 0;
  const double root = (d / 2 + std::sqrt(2 - d * d / 4)) / 2;
  return root * root;
}

class WorkedAttention : public ::testing::TestWithParam<std::tuple<Worked, NormalizerType>> {};

TEST_P(WorkedAttention, GivesTheNumbersDerivedByHand) {
  const auto& [worked, normalizer] = GetParam();
  ModelConfig config;
  config.d_model = 2;
  config.num_heads = 1;
  config.cross_attention.score = worked.score;
  config.cross_attention.normalizer = normalizer;
  const AttentionOptions options(config, AttentionRole::kCross);
  AttentionScore score(options);
  score->to(torch::kDouble);
  const torch::NoGradGuard no_grad;
  if (score->general.defined()) score->general.copy_(matrix({0.1, 0, 0, -0.1}));
  if (score->score.defined()) score->score.copy_(torch::tensor({100000.0, 0.0}, torch::kDouble));
  if (score->log_scale.defined()) score->log_scale.fill_(std::log(10.0));

  const ScoredKeys keys = score->of_keys(matrix({5, 6, 7, 8}));
  const QueryKeyValue x{score->of_queries(matrix({1, 2, 3, 4})), keys.rows, matrix({9, 10, 11, 12})};
  const Segments sentence = Segments::packed({2});
  AttentionProblem problem = options.problem(sentence, sentence);
  score->complete(problem);
  problem.key_bias = keys.bias;
  const AttentionOutput reference = reference_attention(x, problem);
  const double weights[] = {weight_of(normalizer, worked.first), weight_of(normalizer, worked.second)};
  for (const int64_t query : {0, 1}) {
    const double w = weights[query];
    EXPECT_NEAR(reference.weights[0][0][query][0].item<double>(), 1 - w, 1e-10);
    EXPECT_NEAR(reference.weights[0][0][query][1].item<double>(), w, 1e-10);
    for (const torch::Tensor& output : {reference.output, attend(x, problem)}) {
      EXPECT_NEAR(output[query][0].item<double>(), 9 + 2 * w, 1e-9);
      EXPECT_NEAR(output[query][1].item<double>(), 10 + 2 * w, 1e-9);
    }
  }
}

double below(double x) { return 1 / (std::exp(2 * x) + 1); }  // half of what tanh x lacks of 1

INSTANTIATE_TEST_SUITE_P(
    EveryScore, WorkedAttention,
    ::testing::Combine(
        ::testing::Values(Worked{ScoreType::kDot, 6, 14},
                          Worked{ScoreType::kScaledDot, 6 / std::sqrt(2), 14 / std::sqrt(2)},
                          Worked{ScoreType::kGeneral, -0.2, -0.2},
                          Worked{ScoreType::kAdditive, 200000 * (below(6) - below(8)), 200000 * (below(8) - below(10))},
                          Worked{ScoreType::kCosine, 10 * (23 / std::sqrt(565) - 17 / std::sqrt(305)),
                                 10 * (53 / (5 * std::sqrt(113)) - 39 / (5 * std::sqrt(61)))},
                          Worked{ScoreType::kEuclidean, -40 / std::sqrt(2), -24 / std::sqrt(2)}),
        ::testing::Values(NormalizerType::kSoftmax, NormalizerType::kSparsemax, NormalizerType::kEntmax15)),
    [](const auto& tested) {
      return std::string(name_of(std::get<0>(tested.param).score)) + "_" +
             std::string(name_of(std::get<1>(tested.param)));
    });

}  // namespace
}  // namespace heed

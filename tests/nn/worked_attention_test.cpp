// Scaled dot-product attention (Vaswani et al. 2017, equation 1) on numbers that can be followed on paper.
#include <gtest/gtest.h>
#include <torch/types.h>

#include <cmath>

#include "kernels/attention.h"
#include "nn/attention/reference.h"

namespace heed {
namespace {

// Q = [[1,2],[3,4]], K = [[5,6],[7,8]], V = [[9,10],[11,12]], one head of size 2.
//   Q K^T           = [[17, 23], [39, 53]]
//   / sqrt(2)       = [[12.0208, 16.2635], [27.5772, 37.4767]]
//   softmax of rows: the second weight is 1 / (1 + e^-(difference)), differences 6/sqrt(2) and 14/sqrt(2)
//                   = [[0.014166, 0.985834], [0.0000502, 0.9999498]]
//   times V         = [[9 + 2 w, 10 + 2 w]] with w the second weight
//                   = [[10.971668, 11.971668], [10.999900, 11.999900]]
TEST(ScaledDotProductAttention, WorkedExample) {
  const auto matrix = [](const std::vector<double>& values) {
    return torch::tensor(values, torch::kDouble).view({2, 2});
  };
  const torch::Tensor query = matrix({1, 2, 3, 4}), key = matrix({5, 6, 7, 8}), value = matrix({9, 10, 11, 12});
  const Segments sentence = Segments::packed({2});
  const AttentionProblem problem{.queries = sentence, .keys = sentence};
  const AttentionOutput reference = reference_attention({query, key, value}, problem);
  const torch::Tensor fused = packed_attention({query, key, value}, problem);
  EXPECT_NEAR(reference.weights[0][0][0][0].item<double>(), 0.014166, 1e-6);
  EXPECT_NEAR(reference.weights[0][0][0][1].item<double>(), 0.985834, 1e-6);
  EXPECT_NEAR(reference.weights[0][0][1][1].item<double>(), 0.9999498, 1e-7);
  for (const torch::Tensor& output : {reference.output, fused}) {
    EXPECT_NEAR(output[0][0].item<double>(), 10.971668, 1e-6);
    EXPECT_NEAR(output[0][1].item<double>(), 11.971668, 1e-6);
    EXPECT_NEAR(output[1][0].item<double>(), 10.999900, 1e-6);
    EXPECT_NEAR(output[1][1].item<double>(), 11.999900, 1e-6);
  }
}

}  // namespace
}  // namespace heed

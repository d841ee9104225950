// Oracles: the same composed of LibTorch's operations, with autograd through it; and an example worked by hand.
#include "kernels/row_attention.h"

#include <ATen/ops/allclose.h>
#include <gtest/gtest.h>
#include <torch/types.h>

#include <cmath>
#include <limits>

#include "support/random_tensor.h"

namespace heed {
namespace {

using testing::random_tensor;

// Keys and values gathered with padding.
RowAttention row_attention_composed(const RowAttentionInput& x) {
  const auto column_of = [](const std::vector<int32_t>& numbers) {
    return torch::tensor(numbers, torch::kInt).to(torch::kLong).unsqueeze(1);
  };
  const torch::Tensor starts = column_of(x.reach.starts()), lengths = column_of(x.reach.lengths());
  const int64_t rows = x.query.size(0), longest = x.reach.max_length();
  const torch::Tensor column = torch::arange(longest).unsqueeze(0);                      // (1, L)
  const torch::Tensor index = (starts + torch::minimum(column, lengths - 1)).flatten();  // padding repeats the last
  const torch::Tensor keys = x.keys.index_select(0, index).view({rows, longest, -1});    // (R, L, A)
  const torch::Tensor values = x.values.index_select(0, index).view({rows, longest, -1});
  const torch::Tensor scores = x.score_vector.defined()
                                   ? torch::matmul(torch::tanh(x.query.unsqueeze(1) + keys), x.score_vector)
                                   : torch::bmm(keys, x.query.unsqueeze(2)).squeeze(2);  // (R, L)
  const torch::Tensor weights =
      torch::softmax(scores.masked_fill(column >= lengths, -std::numeric_limits<double>::infinity()), 1);
  return {torch::bmm(weights.unsqueeze(1), values).squeeze(1), weights};
}

// Bahdanau et al. 2015, appendix A.1.2, with one unit so that it can be done on paper. Projected query 0; projected
// keys atanh(1/2) and atanh(-1/2), so that tanh(query + key) = 1/2 and -1/2; score vector 2: the scores are 1 and -1.
// softmax = (e, 1/e) / (e + 1/e) = (1, e^-2) / (1 + e^-2) = (0.880797, 0.119203).
// Values 10 and 20: context = 0.880797 * 10 + 0.119203 * 20 = 11.19203.
TEST(AdditiveAttention, WorkedExample) {
  const auto column = [](const std::vector<double>& values) {
    return torch::tensor(values, torch::kDouble).unsqueeze(1);
  };
  const RowAttention found = row_attention({column({0}), column({std::atanh(0.5), std::atanh(-0.5)}), column({10, 20}),
                                            Segments({0}, {2}), torch::tensor({2.0}, torch::kDouble)});
  EXPECT_NEAR(found.weights[0][0].item<double>(), 0.880797, 1e-6);
  EXPECT_NEAR(found.weights[0][1].item<double>(), 0.119203, 1e-6);
  EXPECT_NEAR(found.output[0][0].item<double>(), 11.19203, 1e-5);
}

class EveryScore : public ::testing::TestWithParam<bool> {
 protected:
  bool additive() const { return GetParam(); }
  torch::Tensor score_vector(torch::ScalarType type) const {
    return additive() ? random_tensor({21}, 4, type) : torch::Tensor();
  }
  // Rows of different lengths out of order, as a step of a decoder has them; no two share keys.
  const Segments reach{{17, 0, 5, 4}, {9, 4, 12, 1}};
  const torch::Tensor query = random_tensor({4, 21}, 1, torch::kDouble),
                      keys = random_tensor({26, 21}, 2, torch::kDouble),
                      values = random_tensor({26, 18}, 3, torch::kDouble);
};

TEST_P(EveryScore, EqualsTheComposedForm) {
  const Segments shared({3, 3, 0}, {9, 9, 2});  // two hypotheses of one sentence
  for (const Segments& segments : {reach, shared}) {
    const torch::Tensor rows = query.narrow(0, 0, segments.size());
    const RowAttentionInput input{rows, keys, values, segments, score_vector(torch::kDouble)};
    const RowAttention found = row_attention(input);
    const RowAttention expected = row_attention_composed(input);
    EXPECT_TRUE(torch::allclose(found.output, expected.output, 0, 1e-13));
    EXPECT_TRUE(torch::allclose(found.weights.narrow(1, 0, expected.weights.size(1)), expected.weights, 0, 1e-13));
    EXPECT_TRUE(torch::allclose(found.weights.sum(1), torch::ones({segments.size()}, torch::kDouble)));
  }
}

TEST_P(EveryScore, GradientsEqualAutogradThroughTheComposedForm) {
  torch::Tensor q = query.clone().requires_grad_(), k = keys.clone().requires_grad_(),
                v = values.clone().requires_grad_();
  torch::Tensor s = score_vector(torch::kDouble);
  if (additive()) s.requires_grad_();
  const torch::Tensor upstream = random_tensor({4, 18}, 5, torch::kDouble);
  row_attention_composed({q, k, v, reach, s}).output.backward(upstream);

  const torch::Tensor plain = additive() ? s.detach() : s;
  const RowAttentionInput input{query, keys, values, reach, plain};
  const RowAttention forward = row_attention(input);
  // Gradients of keys, values and score vector are added to what is there.
  RowAttentionGradients found{{}, torch::ones_like(keys), torch::ones_like(values), {}};
  if (additive()) found.score_vector = torch::ones_like(plain);
  row_attention_backward(input, forward.weights, upstream, found);
  EXPECT_TRUE(torch::allclose(found.query, q.grad(), 0, 1e-12));
  EXPECT_TRUE(torch::allclose(found.keys - 1, k.grad(), 0, 1e-12));
  EXPECT_TRUE(torch::allclose(found.values - 1, v.grad(), 0, 1e-12));
  if (additive()) {
    EXPECT_TRUE(torch::allclose(found.score_vector - 1, s.grad(), 0, 1e-12));
  }
}

TEST_P(EveryScore, InFloatAndBFloat16FollowsDouble) {
  const torch::Tensor expected = row_attention({query, keys, values, reach, score_vector(torch::kDouble)}).output;
  for (const auto& [type, tolerance] : {std::pair{torch::kFloat, 1e-5}, {torch::kBFloat16, 5e-2}}) {
    const auto found = row_attention({query.to(type), keys.to(type), values.to(type), reach,
                                      additive() ? score_vector(torch::kDouble).to(type) : torch::Tensor()});
    EXPECT_TRUE(torch::allclose(found.output.to(torch::kDouble), expected, tolerance, tolerance));
  }
}

INSTANTIATE_TEST_SUITE_P(, EveryScore, ::testing::Bool(),
                         [](const auto& tested) { return tested.param ? "Additive" : "Dot"; });

}  // namespace
}  // namespace heed

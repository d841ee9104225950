#include "nn/attention/attention.h"

#include <ATen/ops/allclose.h>
#include <ATen/ops/cat.h>
#include <ATen/ops/empty.h>
#include <gtest/gtest.h>

#include "nn/attention/reference.h"
#include "support/random_tensor.h"

namespace heed {
namespace {

using testing::random_tensor;

struct Case {
  std::vector<int32_t> query_lengths, key_lengths;
  int64_t width, num_heads;
  bool causal;
};

class FusedAttention : public ::testing::TestWithParam<Case> {
 protected:
  Segments queries() const { return Segments::packed(GetParam().query_lengths); }
  Segments keys() const { return Segments::packed(GetParam().key_lengths); }
  PackedAttention options() const { return {queries(), keys(), GetParam().num_heads, GetParam().causal, {}, {}}; }
};

TEST_P(FusedAttention, EqualsTheReferenceForwardAndBackward) {
  const int64_t width = GetParam().width;
  auto query = random_tensor({queries().num_rows(), width}, 1).requires_grad_();
  auto key_value = random_tensor({keys().num_rows(), 2 * width}, 2).requires_grad_();
  const auto upstream = random_tensor({queries().num_rows(), width}, 3);

  const auto fused = cross_attention(query, key_value, options());
  fused.backward(upstream);
  const auto fused_query_gradient = query.grad().clone(), fused_key_value_gradient = key_value.grad().clone();
  query.mutable_grad().zero_();
  key_value.mutable_grad().zero_();
  const auto expected =
      reference_attention({query, key_value.narrow(1, 0, width), key_value.narrow(1, width, width)}, options());
  expected.output.backward(upstream);

  EXPECT_TRUE(at::allclose(fused, expected.output, 1e-12, 1e-12));
  EXPECT_TRUE(at::allclose(fused_query_gradient, query.grad(), 1e-11, 1e-12));
  EXPECT_TRUE(at::allclose(fused_key_value_gradient, key_value.grad(), 1e-11, 1e-12));
}

TEST_P(FusedAttention, InFloatAndBFloat16FollowsDouble) {
  const int64_t width = GetParam().width;
  const auto query = random_tensor({queries().num_rows(), width}, 1);
  const auto key_value = random_tensor({keys().num_rows(), 2 * width}, 2);
  const auto exact = cross_attention(query, key_value, options());
  const auto single = cross_attention(query.to(torch::kFloat), key_value.to(torch::kFloat), options());
  const auto half = cross_attention(query.to(torch::kBFloat16), key_value.to(torch::kBFloat16), options());
  EXPECT_TRUE(at::allclose(single.to(torch::kDouble), exact, 1e-5, 1e-6));
  EXPECT_TRUE(at::allclose(half.to(torch::kDouble), exact, 2e-2, 2e-2));  // bf16 has 8 bits of mantissa
}

TEST_P(FusedAttention, DropoutIsTheSameInBackward) {
  // With fixed masks the output is a differentiable function: compare with central differences.
  PackedAttention with_dropout = options();
  with_dropout.dropout = {0.4, 12345};
  const int64_t width = GetParam().width;
  auto query = random_tensor({queries().num_rows(), width}, 1).requires_grad_();
  const auto key_value = random_tensor({keys().num_rows(), 2 * width}, 2);
  const auto upstream = random_tensor({queries().num_rows(), width}, 3);
  cross_attention(query, key_value, with_dropout).backward(upstream);
  const double step = 1e-6;
  for (int64_t i = 0; i < std::min<int64_t>(query.numel(), 20); ++i) {
    auto up = query.detach().clone(), down = query.detach().clone();
    up.mutable_data_ptr<double>()[i] += step;
    down.mutable_data_ptr<double>()[i] -= step;
    const auto difference =
        cross_attention(up, key_value, with_dropout) - cross_attention(down, key_value, with_dropout);
    const double numeric = (difference * upstream).sum().item<double>() / (2 * step);
    EXPECT_NEAR(query.grad().flatten()[i].item<double>(), numeric, 1e-7);
  }
}

INSTANTIATE_TEST_SUITE_P(Shapes, FusedAttention,
                         ::testing::Values(Case{{1}, {1}, 4, 1, false}, Case{{3, 1, 7}, {5, 17, 1}, 24, 3, false},
                                           Case{{4, 33, 2}, {4, 33, 2}, 24, 2, true}, Case{{20}, {20}, 64, 4, true},
                                           Case{{5, 6}, {70, 3}, 12, 4, false}, Case{{2, 3}, {9, 3}, 10, 1, true}));

TEST(SelfAttention, SplitsOneMatrixIntoQueryKeyAndValue) {
  const Segments segments = Segments::packed({3, 5});
  const auto matrix = random_tensor({8, 36}, 4);
  const PackedAttention options{segments, segments, 2, true, {}, {}};
  const auto expected =
      reference_attention({matrix.narrow(1, 0, 12), matrix.narrow(1, 12, 12), matrix.narrow(1, 24, 12)}, options);
  EXPECT_TRUE(at::allclose(self_attention(matrix, options), expected.output, 1e-12, 1e-12));
}

}  // namespace
}  // namespace heed

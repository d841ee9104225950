// Attention on CUDA against the CPU kernel: Heed's own kernels, for bf16 sentences of up to 64 pieces that of the
// matrix units, and in bf16 without dropout LibTorch's FlashAttention. Skipped where there is no GPU.
#include <ATen/ops/tensor.h>
#include <gtest/gtest.h>

#include "kernels/attention.h"
#include "nn/attention/attention.h"
#include "support/gpu.h"
#include "support/random_tensor.h"

namespace heed::testing {
namespace {

struct Case {
  const char* name;
  at::ScalarType type;
  std::vector<int32_t> query_lengths, key_lengths;
  int64_t num_heads, head_size;
  bool causal;
  double rate;
};

class AttentionOnCuda : public ::testing::TestWithParam<Case> {
 protected:
  void SetUp() override {
    if (!has_gpu()) GTEST_SKIP() << "no CUDA device";
  }

  struct Result {
    at::Tensor output, query_gradient, key_value_gradient;
  };
  Result run(c10::Device device) const {
    const Case& c = GetParam();
    const int64_t width = c.num_heads * c.head_size;
    const Segments queries = Segments::packed(c.query_lengths), keys = Segments::packed(c.key_lengths);
    const at::Tensor query = random_tensor({queries.num_rows(), width}, 1, c.type, 2).to(device).requires_grad_();
    const at::Tensor key_value = random_tensor({keys.num_rows(), 2 * width}, 2, c.type, 2).to(device).requires_grad_();
    const at::Tensor output =
        cross_attention(query, key_value, {queries, keys, c.num_heads, c.causal, {c.rate, 99}, {}});
    output.backward(random_tensor({queries.num_rows(), width}, 3, c.type).to(device));
    return {output, query.grad(), key_value.grad()};
  }
};

TEST_P(AttentionOnCuda, EqualsTheCpus_CUDA) {
  const Result expected = run(at::kCPU), found = run(at::kCUDA);
  EXPECT_TRUE(near(found.output, expected.output, GetParam().type, 2));
  EXPECT_TRUE(near(found.query_gradient, expected.query_gradient, GetParam().type, 10));
  EXPECT_TRUE(near(found.key_value_gradient, expected.key_value_gradient, GetParam().type, 10));
}

TEST_P(AttentionOnCuda, RepeatsItsBits_CUDA) {
  const Result first = run(at::kCUDA), second = run(at::kCUDA);
  EXPECT_TRUE(first.output.equal(second.output));
  EXPECT_TRUE(first.query_gradient.equal(second.query_gradient));
  EXPECT_TRUE(first.key_value_gradient.equal(second.key_value_gradient));
}

INSTANTIATE_TEST_SUITE_P(
    Backends, AttentionOnCuda,
    ::testing::Values(Case{"Own", at::kFloat, {4, 70, 2}, {4, 70, 2}, 4, 64, true, 0},
                      Case{"OwnLong", at::kFloat, {700, 3}, {900, 5}, 2, 32, false, 0},
                      Case{"OwnDouble", at::kDouble, {4, 70, 2}, {9, 80, 3}, 3, 10, true, 0},
                      Case{"OwnDropout", at::kBFloat16, {4, 70, 2}, {4, 70, 2}, 4, 64, true, 0.1},
                      Case{"Short", at::kBFloat16, {4, 64, 2, 17}, {4, 64, 2, 17}, 4, 64, true, 0},
                      Case{"ShortCross", at::kBFloat16, {5, 30, 2}, {7, 20, 1}, 8, 32, false, 0},
                      Case{"ShortDropout", at::kBFloat16, {5, 30, 9}, {7, 50, 9}, 2, 128, true, 0.2},
                      Case{"ShortEmpty", at::kBFloat16, {5, 0, 9}, {7, 0, 9}, 2, 16, false, 0},
                      Case{"Flash", at::kBFloat16, {4, 70, 2}, {4, 70, 2}, 4, 64, true, 0},
                      Case{"FlashCross", at::kBFloat16, {5, 300, 2}, {7, 200, 1}, 8, 32, false, 0},
                      Case{"FlashToTheEnd", at::kBFloat16, {5, 30}, {7, 200}, 8, 64, true, 0}),
    [](const auto& parameter) { return std::string(parameter.param.name) + "_CUDA"; });

TEST(AttentionStepOnCuda, FindsKeysByTheirRowTable_CUDA) {
  if (!has_gpu()) GTEST_SKIP() << "no CUDA device";
  const at::Tensor query = random_tensor({2, 8}, 1, at::kDouble), key = random_tensor({7, 8}, 2, at::kDouble);
  const at::Tensor value = random_tensor({7, 8}, 3, at::kDouble),
                   rows = at::tensor({4, 0, 6, -1, 5, 4, -1, -1}, at::kInt);
  const Segments queries = Segments::packed({1, 1}), keys({0, 4}, {3, 2});
  EXPECT_TRUE(
      near(packed_attention({query.cuda(), key.cuda(), value.cuda()}, {queries, keys, 2, true, {}, rows.cuda()}),
           packed_attention({query, key, value}, {queries, keys, 2, true, {}, rows}), at::kDouble));
}

TEST(AttentionStepOnCuda, EqualsTheCpus_CUDA) {
  if (!has_gpu()) GTEST_SKIP() << "no CUDA device";
  const Segments queries({0, 0, 1, 2}, {1, 0, 1, 1}), keys({0, 20, 3, 40}, {13, 2, 1, 37});
  for (const at::ScalarType type : {at::kFloat, at::kDouble, at::kBFloat16}) {
    for (const int64_t size : {4, 16, 64, 128}) {
      const at::Tensor query = random_tensor({3, 4 * size}, 1, type), both = random_tensor({80, 8 * size}, 2, type);
      const at::Tensor rows = random_id_tensor(80, 80, 3).to(at::kInt);
      const auto attended = [&](c10::Device device) {
        const auto parts = both.to(device).chunk(2, 1);
        return packed_attention({query.to(device), parts[0], parts[1]}, {queries, keys, 4, true, {}, rows.to(device)});
      };
      EXPECT_TRUE(near(attended(at::kCUDA), attended(at::kCPU), type, 2)) << type << size;
    }
  }
}

}  // namespace
}  // namespace heed::testing

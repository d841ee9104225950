// Attention on CUDA against the CPU kernel: Heed's own kernels, for bf16 sentences of up to 64 pieces that of the
// matrix units, and in bf16 without dropout LibTorch's FlashAttention. Skipped where there is no GPU.
#include <ATen/ops/tensor.h>
#include <gtest/gtest.h>

#include "kernels/attention.h"
#include "nn/attention/attend.h"
#include "nn/columns.h"
#include "support/attention_case.h"
#include "support/gpu.h"
#include "support/random_tensor.h"

namespace heed::testing {
namespace {

struct DeviceCase {
  AttentionCase problem;
  at::ScalarType type;
};

void PrintTo(const DeviceCase& c, std::ostream* stream) { *stream << c.problem.name; }

class AttentionOnCuda : public ::testing::TestWithParam<DeviceCase> {
 protected:
  void SetUp() override {
    if (!has_gpu()) GTEST_SKIP() << "no CUDA device";
  }

  // Output, then the gradients of query, of key and value, and of the biases.
  static std::vector<at::Tensor> run(c10::Device device) {
    const AttentionCase& c = GetParam().problem;
    const at::Tensor query = c.query(GetParam().type).to(device).requires_grad_();
    const at::Tensor key_value = c.key_value(GetParam().type).to(device).requires_grad_();
    AttentionProblem problem = c.problem(GetParam().type, device);
    if (c.key_bias) problem.key_bias.requires_grad_();
    if (c.distance_bias) problem.distance_bias.requires_grad_();
    const auto parts = split_columns(key_value, {c.key_width(), c.key_width()});
    const at::Tensor output = attend({query, parts[0], parts[1]}, problem);
    output.backward(c.upstream(GetParam().type).to(device));
    std::vector<at::Tensor> all{output.detach(), query.grad(), key_value.grad()};
    if (c.key_bias) all.push_back(problem.key_bias.grad());
    if (c.distance_bias) all.push_back(problem.distance_bias.grad());
    return all;
  }
};

TEST_P(AttentionOnCuda, EqualsTheCpus_CUDA) {
  const auto expected = run(at::kCPU), found = run(at::kCUDA);
  for (size_t i = 0; i < found.size(); ++i) EXPECT_TRUE(near(found[i], expected[i], GetParam().type, i ? 10 : 2)) << i;
}

TEST_P(AttentionOnCuda, RepeatsItsBits_CUDA) {
  const auto first = run(at::kCUDA), second = run(at::kCUDA);
  for (size_t i = 0; i < first.size(); ++i) EXPECT_TRUE(first[i].equal(second[i])) << i;
}

// Our own kernel does all of it in fp32; bf16 brings the kernel of short sentences and FlashAttention.
std::vector<DeviceCase> device_cases() {
  std::vector<DeviceCase> cases;
  for (const AttentionCase& c : attention_cases()) cases.push_back({c, at::kFloat});
  const Reach window{.behind = 9, .ahead = 4};
  for (const AttentionCase& c : {AttentionCase{"HalfDropout", {4, 70, 2}, {4, 70, 2}, 4, 64, kCausalReach, 0.1},
                                 AttentionCase{"HalfSharedKeys", {4, 70, 2}, {4, 70, 2}, 4, 64, kCausalReach, 0, 2},
                                 AttentionCase{"Short", {4, 64, 2, 17}, {4, 64, 2, 17}, 4, 64, kCausalReach},
                                 AttentionCase{"ShortCross", {5, 30, 2}, {7, 20, 1}, 8, 32},
                                 AttentionCase{"ShortDropout", {5, 30, 9}, {5, 30, 9}, 2, 128, kCausalReach, 0.2},
                                 AttentionCase{"ShortWindow", {5, 64, 9}, {5, 64, 9}, 2, 16, window},
                                 AttentionCase{"ShortEmpty", {5, 0, 9}, {7, 0, 9}, 2, 16},
                                 AttentionCase{"Flash", {4, 70, 2}, {4, 70, 2}, 4, 64, kCausalReach},
                                 AttentionCase{"FlashCross", {5, 300, 2}, {7, 200, 1}, 8, 32},
                                 AttentionCase{"FlashWindow", {5, 300, 2}, {5, 300, 2}, 8, 32, window}})
    cases.push_back({c, at::kBFloat16});
  cases.push_back({{"Long", {700, 3}, {900, 5}, 2, 32}, at::kFloat});
  cases.push_back({{"Double", {4, 70, 2}, {4, 70, 2}, 3, 10, kCausalReach}, at::kDouble});
  return cases;
}

INSTANTIATE_TEST_SUITE_P(Backends, AttentionOnCuda, ::testing::ValuesIn(device_cases()),
                         [](const auto& parameter) { return std::string(parameter.param.problem.name) + "_CUDA"; });

TEST(AttentionStepOnCuda, EqualsTheCpus_CUDA) {
  if (!has_gpu()) GTEST_SKIP() << "no CUDA device";
  for (const at::ScalarType type : {at::kFloat, at::kDouble, at::kBFloat16})
    for (const int64_t size : {4, 16, 64, 128})
      for (const Reach& reach : {kCausalReach, Reach{.behind = 5, .ahead = 0}}) {
        const at::Tensor query = random_tensor({3, 4 * size}, 1, type), both = random_tensor({80, 4 * size}, 2, type);
        const at::Tensor rows = random_id_tensor(80, 80, 3).to(at::kInt);
        const auto attended = [&](c10::Device device) {
          const auto parts = both.to(device).chunk(2, 1);
          return attend({query.to(device), parts[0], parts[1]}, {.queries = Segments({0, 0, 1, 2}, {1, 0, 1, 1}),
                                                                 .keys = Segments({0, 20, 3, 40}, {13, 2, 1, 37}),
                                                                 .num_heads = 4,
                                                                 .reach = reach,
                                                                 .key_rows = rows.to(device),
                                                                 .num_key_heads = 2,
                                                                 .positions = {.first = 12, .step = 0}});
        };
        EXPECT_TRUE(near(attended(at::kCUDA), attended(at::kCPU), type, 2)) << type << size;
      }
}

}  // namespace
}  // namespace heed::testing

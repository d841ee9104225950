// Each CUDA kernel against its CPU twin, which has tests of its own (tests/kernels). Skipped where there is no GPU.
#include <ATen/TensorOperators.h>
#include <ATen/ops/empty_like.h>
#include <ATen/ops/zeros.h>
#include <gtest/gtest.h>

#include "kernels/activation.h"
#include "kernels/column_sums.h"
#include "kernels/cross_entropy.h"
#include "kernels/embedding.h"
#include "kernels/layer_norm.h"
#include "kernels/parameter_update.h"
#include "support/gpu.h"
#include "support/random_tensor.h"

namespace heed::testing {
namespace {

constexpr Dropout kDropout{0.3, 0x0123456789ABCDEFull};

class KernelsOnCuda : public ::testing::TestWithParam<at::ScalarType> {
 protected:
  void SetUp() override {
    if (!has_gpu()) GTEST_SKIP() << "no CUDA device";
  }
  at::ScalarType type() const { return GetParam(); }
  at::ScalarType arithmetic() const { return arithmetic_type(GetParam()); }
  // More rows than one piece of pieces, a width that no vector or warp divides.
  at::Tensor matrix(uint64_t seed, double scale = 1) const { return random_tensor({4200, 333}, seed, type(), scale); }
  at::Tensor row(uint64_t seed) const { return random_tensor({333}, seed, arithmetic()); }
};

TEST_P(KernelsOnCuda, DropoutDropsWhatTheCpuDrops_CUDA) {
  const at::Tensor x = matrix(1), residual = matrix(2);
  EXPECT_TRUE(dropout_add(x.cuda(), std::nullopt, kDropout).cpu().equal(dropout_add(x, std::nullopt, kDropout)));
  EXPECT_TRUE(near(dropout_add(x.cuda(), residual.cuda(), kDropout), dropout_add(x, residual, kDropout), type()));
}

TEST_P(KernelsOnCuda, ActivationsEqualTheCpus_CUDA) {
  using enum ActivationFunction;
  const at::Tensor x = matrix(3, 6), dy = matrix(4);
  for (const ActivationFunction f : {kRelu, kGelu, kSwish}) {
    EXPECT_TRUE(near(activation_dropout(f, x.cuda(), kDropout), activation_dropout(f, x, kDropout), type()));
    EXPECT_TRUE(near(activation_dropout_backward(f, x.cuda(), dy.cuda(), kDropout),
                     activation_dropout_backward(f, x, dy, kDropout), type()));
  }
}

TEST_P(KernelsOnCuda, LayerNormEqualsTheCpus_CUDA) {
  const at::Tensor x = matrix(5), gamma = row(6), beta = row(7), dy = matrix(8);
  const auto [y, stats] = layer_norm(x, gamma, beta, 1e-5);
  const auto [cuda_y, cuda_stats] = layer_norm(x.cuda(), gamma.cuda(), beta.cuda(), 1e-5);
  EXPECT_TRUE(near(cuda_y, y, type()));
  EXPECT_TRUE(near(cuda_stats, stats, arithmetic()));
  at::Tensor dgamma = row(9), dbeta = row(10), cuda_dgamma = dgamma.cuda(), cuda_dbeta = dbeta.cuda();
  const at::Tensor dx = layer_norm_backward(x, gamma, stats, dy, {dgamma, dbeta});
  const at::Tensor cuda_dx =
      layer_norm_backward(x.cuda(), gamma.cuda(), cuda_stats, dy.cuda(), {cuda_dgamma, cuda_dbeta});
  EXPECT_TRUE(near(cuda_dx, dx, type()));
  EXPECT_TRUE(near(cuda_dgamma, dgamma, arithmetic(), 50));  // sums of 4200 in another order
  EXPECT_TRUE(near(cuda_dbeta, dbeta, arithmetic(), 50));
}

TEST_P(KernelsOnCuda, ColumnSumsEqualTheCpus_CUDA) {
  at::Tensor sums = row(11), cuda_sums = sums.cuda();
  add_column_sums(matrix(12), sums);
  add_column_sums(matrix(12).cuda(), cuda_sums);
  EXPECT_TRUE(near(cuda_sums, sums, arithmetic(), 50));
}

TEST_P(KernelsOnCuda, CrossEntropyEqualsTheCpus_CUDA) {
  const at::Tensor labels = random_id_tensor(4200, 333, 13);
  at::Tensor logits = matrix(14, 5), cuda_logits = logits.cuda();
  const RowLosses rows = cross_entropy_rows(logits, labels, 0.1, true);
  const RowLosses cuda_rows = cross_entropy_rows(cuda_logits, labels.cuda(), 0.1, true);
  EXPECT_TRUE(near(cuda_rows.losses, rows.losses, arithmetic()));
  EXPECT_TRUE(near(cuda_rows.log_likelihoods, rows.log_likelihoods, arithmetic()));
  EXPECT_TRUE(near(cuda_logits, logits, type()));
}

TEST_P(KernelsOnCuda, EmbeddingEqualsTheCpusAndRepeatsItsBits_CUDA) {
  const at::Tensor table = random_tensor({57, 333}, 15, arithmetic()),
                   positions = random_tensor({9, 333}, 16, arithmetic());
  const at::Tensor ids = random_id_tensor(4200, 57, 17), position_ids = random_id_tensor(4200, 9, 18), dy = matrix(19);
  EXPECT_TRUE(
      near(embed(table.cuda(), {{ids.cuda(), position_ids.cuda(), {}, {}}, 3, positions.cuda(), kDropout, type()}),
           embed(table, {{ids, position_ids, {}, {}}, 3, positions, kDropout, type()}), type()));
  at::Tensor gradient = table.clone(), first = table.cuda(), second = table.cuda();
  embed_backward(dy, {ids, {}, {}}, 3, kDropout, gradient);
  embed_backward(dy.cuda(), {ids.cuda(), {}, {}}, 3, kDropout, first);
  embed_backward(dy.cuda(), {ids.cuda(), {}, {}}, 3, kDropout, second);
  EXPECT_TRUE(near(first, gradient, arithmetic(), 50));
  EXPECT_TRUE(first.equal(second));
}

TEST_P(KernelsOnCuda, UpdatesEqualTheCpus_CUDA) {
  if (type() == at::kBFloat16) GTEST_SKIP() << "parameters are kept in float or double";
  const auto flat = [&](uint64_t seed) { return random_tensor({1000003}, seed, type()); };
  const at::Tensor g = flat(20), cuda_g = g.cuda();
  at::Tensor w = flat(21), m = flat(22), v = flat(23).square();
  at::Tensor cuda_w = w.cuda(), cuda_m = m.cuda(), cuda_v = v.cuda();
  const AdamStep adam{0.01, 0.9, 0.98, 1e-9, 0.1, true, 0.5, 0.1, 0.02};
  adam_update(adam, g, w, m, v);
  adam_update(adam, cuda_g, cuda_w, cuda_m, cuda_v);
  momentum_update({0.1, 0.9, 0.01, 2}, g, w, m);
  momentum_update({0.1, 0.9, 0.01, 2}, cuda_g, cuda_w, cuda_m);
  update_moving_average(0.75, w, v);
  update_moving_average(0.75, cuda_w, cuda_v);
  EXPECT_TRUE(near(cuda_w, w, type()));
  EXPECT_TRUE(near(cuda_m, m, type()));
  EXPECT_TRUE(near(cuda_v, v, type()));
  EXPECT_NEAR(squared_norm(cuda_g).item<double>(), squared_norm(g).item<double>(),
              1e-10 * squared_norm(g).item<double>());
}

INSTANTIATE_TEST_SUITE_P(Types, KernelsOnCuda, ::testing::Values(at::kFloat, at::kDouble, at::kBFloat16),
                         [](const auto& parameter) { return type_name(parameter.param) + "_CUDA"; });

}  // namespace
}  // namespace heed::testing

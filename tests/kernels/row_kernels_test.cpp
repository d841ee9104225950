// Kernels over rows and columns against LibTorch's own operations in double.
#include <ATen/TensorOperators.h>
#include <ATen/ops/cross_entropy_loss.h>
#include <ATen/ops/log_softmax.h>
#include <ATen/ops/native_layer_norm.h>
#include <ATen/ops/native_layer_norm_backward.h>
#include <ATen/ops/one_hot.h>
#include <ATen/ops/zeros.h>
#include <gtest/gtest.h>

#include "kernels/column_sums.h"
#include "kernels/cross_entropy.h"
#include "kernels/layer_norm.h"
#include "support/random_tensor.h"

namespace heed::testing {
namespace {

constexpr double kEpsilon = 1e-5;

// Rows and width: smaller than a vector, not a multiple of one, several column groups.
struct Case {
  at::ScalarType type;
  int64_t rows, width;
};

std::string name_of(const ::testing::TestParamInfo<Case>& info) {
  return type_name(info.param.type) + "_" + std::to_string(info.param.rows) + "x" + std::to_string(info.param.width);
}

std::vector<Case> cases() {
  std::vector<Case> all;
  for (const at::ScalarType type : {at::kFloat, at::kDouble, at::kBFloat16})
    for (const auto& [rows, width] : {std::pair(1, 3), std::pair(5, 16), std::pair(70, 130), std::pair(130, 256)})
      all.push_back({type, rows, width});
  return all;
}

class RowKernels : public ::testing::TestWithParam<Case> {
 protected:
  at::ScalarType type() const { return GetParam().type; }
  at::ScalarType arithmetic() const { return arithmetic_type(type()); }
  at::Tensor matrix(uint64_t seed, double scale = 1) const {
    return random_tensor({GetParam().rows, GetParam().width}, seed, type(), scale);
  }
  at::Tensor row(uint64_t seed) const { return random_tensor({GetParam().width}, seed, arithmetic()); }
};

class LayerNormKernel : public RowKernels {
 protected:
  const at::Tensor x = matrix(1) + 3, gamma = row(2), beta = row(3), upstream = matrix(4);
  const at::Tensor exact_x = x.to(at::kDouble), exact_gamma = gamma.to(at::kDouble);
  const std::tuple<at::Tensor, at::Tensor, at::Tensor> expected =
      at::native_layer_norm(exact_x, {x.size(1)}, exact_gamma, beta.to(at::kDouble), kEpsilon);
};

// x is far from 0, so the mean carries the rounding of 3 into the centred value: twice the tolerance.
TEST_P(LayerNormKernel, EqualsLibTorchForward) {
  const auto [y, stats] = layer_norm(x, gamma, beta, kEpsilon);
  EXPECT_EQ(y.scalar_type(), type());
  EXPECT_TRUE(near(y, std::get<0>(expected), type(), 2));
  EXPECT_TRUE(near(stats.select(1, 0), std::get<1>(expected).squeeze(1), arithmetic(), 2));
  EXPECT_TRUE(near(stats.select(1, 1), std::get<2>(expected).squeeze(1), arithmetic(), 20));
}

TEST_P(LayerNormKernel, EqualsLibTorchBackwardAndAddsParameterGradients) {
  const auto stats = std::get<1>(layer_norm(x, gamma, beta, kEpsilon));
  const at::Tensor before = row(5);
  at::Tensor gamma_gradient = before.clone(), beta_gradient = before.clone();
  const at::Tensor dx = layer_norm_backward(x, gamma, stats, upstream, {gamma_gradient, beta_gradient});
  const auto [exact_dx, exact_dgamma, exact_dbeta] =
      at::native_layer_norm_backward(upstream.to(at::kDouble), exact_x, {x.size(1)}, std::get<1>(expected),
                                     std::get<2>(expected), exact_gamma, beta.to(at::kDouble), {true, true, true});
  EXPECT_TRUE(near(dx, exact_dx, type(), 10));
  EXPECT_TRUE(near(gamma_gradient, exact_dgamma + before, arithmetic(), 20));
  EXPECT_TRUE(near(beta_gradient, exact_dbeta + before, arithmetic(), 4));
}

INSTANTIATE_TEST_SUITE_P(Types, LayerNormKernel, ::testing::ValuesIn(cases()), name_of);

// Root mean square normalisation by autograd of its definition.
class RmsNormKernel : public RowKernels {};

TEST_P(RmsNormKernel, EqualsItsDefinitionForwardAndBackward) {
  const at::Tensor x = matrix(1) + 1, gamma = row(2), upstream = matrix(4);
  const auto [y, stats] = layer_norm(x, gamma, {}, kEpsilon);
  const at::Tensor before = row(5);
  at::Tensor gamma_gradient = before.clone();
  const at::Tensor dx = layer_norm_backward(x, gamma, stats, upstream, {gamma_gradient, {}});

  const at::Tensor exact_x = x.to(at::kDouble).requires_grad_(), exact_gamma = gamma.to(at::kDouble).requires_grad_();
  const at::Tensor expected = exact_x * (exact_x.square().mean(1, true) + kEpsilon).rsqrt() * exact_gamma;
  expected.backward(upstream.to(at::kDouble));
  EXPECT_TRUE(near(y, expected.detach(), type(), 2));
  EXPECT_TRUE(near(dx, exact_x.grad(), type(), 10));
  EXPECT_TRUE(near(gamma_gradient, exact_gamma.grad() + before, arithmetic(), 20));
}

INSTANTIATE_TEST_SUITE_P(Types, RmsNormKernel, ::testing::ValuesIn(cases()), name_of);

class ColumnSums : public RowKernels {};

TEST_P(ColumnSums, AreAddedToWhatIsThere) {
  const at::Tensor x = matrix(6), before = row(7);
  at::Tensor sums = before.clone();
  add_column_sums(x, sums);
  EXPECT_TRUE(near(sums, x.to(at::kDouble).sum(0) + before, arithmetic(), 4));
}

INSTANTIATE_TEST_SUITE_P(Types, ColumnSums, ::testing::ValuesIn(cases()), name_of);

class CrossEntropyKernel : public RowKernels {
 protected:
  const at::Tensor logits = matrix(8, 5), exact = logits.to(at::kDouble);
  const at::Tensor labels = random_id_tensor(GetParam().rows, GetParam().width, 9);
  at::Tensor copy = logits.clone();
};

TEST_P(CrossEntropyKernel, EqualsLibTorchWithSmoothing) {
  for (const double smoothing : {0.0, 0.1}) {
    const RowLosses found = cross_entropy_rows(copy, labels, smoothing, /*gradient=*/false);
    const at::Tensor expected = at::cross_entropy_loss(exact, labels, {}, at::Reduction::None, -100, smoothing);
    const at::Tensor of_label = at::log_softmax(exact, 1).gather(1, labels.unsqueeze(1)).squeeze(1);
    // Losses come in double from sums in the arithmetic type.
    EXPECT_TRUE(near(found.losses, expected, arithmetic(), 4));
    EXPECT_TRUE(near(found.log_likelihoods, of_label, arithmetic(), 4));
    EXPECT_TRUE(copy.equal(logits));
  }
}

// d loss / d logits = softmax - (1 - e) one_hot(label) - e/V
TEST_P(CrossEntropyKernel, ReplacesLogitsByTheirGradient) {
  const double smoothing = 0.1;
  cross_entropy_rows(copy, labels, smoothing, /*gradient=*/true);
  const at::Tensor target = at::one_hot(labels, logits.size(1)).to(at::kDouble) * (1 - smoothing) +
                            smoothing / static_cast<double>(logits.size(1));
  EXPECT_TRUE(near(copy, exact.softmax(1) - target, type()));
  EXPECT_TRUE(near(copy.to(at::kDouble).sum(1), at::zeros({logits.size(0)}), type(), 4));
}

TEST_P(CrossEntropyKernel, SurvivesHugeLogits) {
  at::Tensor huge = logits * 1000;
  const RowLosses found = cross_entropy_rows(huge, labels, 0.1, /*gradient=*/true);
  EXPECT_TRUE(found.losses.isfinite().all().item<bool>());
  EXPECT_TRUE(huge.isfinite().all().item<bool>());
}

// p(label) = share p_vocabulary(label) + other, a label beyond the vocabulary or not copied at all among them.
TEST_P(CrossEntropyKernel, MixesAnotherWayToWriteALabel) {
  const int64_t rows = logits.size(0), width = logits.size(1);
  at::Tensor known = labels.clone();
  const at::Tensor share = at::rand({rows}, at::kDouble).clamp(0.1, 0.9),
                   other = (1 - share) * at::rand({rows}, at::kDouble);
  other[0] = 0;
  if (rows > 1) labels[rows - 1] = width + 2;
  const at::Tensor is_known = labels < width;
  known = labels.where(is_known, 0);
  for (const double smoothing : {0.0, 0.1}) {
    at::Tensor found = logits.clone();
    const RowLosses of_rows = cross_entropy_rows(found, labels, smoothing, true, {share.log(), other.log()});

    const at::AutoGradMode with_gradient(true);
    const at::Tensor x = exact.detach().clone().requires_grad_(), log_share = share.log().requires_grad_(),
                     mass = other.clone().requires_grad_();
    const at::Tensor all = x.log_softmax(1);
    const at::Tensor of_label = all.gather(1, known.unsqueeze(1)).squeeze(1).exp() * is_known;
    const at::Tensor log_likelihoods = (log_share.exp() * of_label + mass).log();
    const at::Tensor expected = -(1 - smoothing) * log_likelihoods - smoothing * all.mean(1);
    expected.sum().backward();
    EXPECT_TRUE(near(of_rows.losses, expected.detach(), arithmetic(), 4));
    EXPECT_TRUE(near(of_rows.log_likelihoods, log_likelihoods.detach(), arithmetic(), 4));
    EXPECT_TRUE(near(found, x.grad(), type()));
    EXPECT_TRUE(near(of_rows.gradients.log_share, log_share.grad(), arithmetic(), 4));
    EXPECT_TRUE(near(of_rows.gradients.log_other, mass.grad() * other, arithmetic(), 4));
  }
}

INSTANTIATE_TEST_SUITE_P(Types, CrossEntropyKernel, ::testing::ValuesIn(cases()), name_of);

}  // namespace
}  // namespace heed::testing

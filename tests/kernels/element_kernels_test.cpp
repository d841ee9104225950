// Activations, dropout and embeddings against LibTorch's own operations and against their definition.
#include <ATen/TensorOperators.h>
#include <ATen/ops/cat.h>
#include <ATen/ops/gelu.h>
#include <ATen/ops/gelu_backward.h>
#include <ATen/ops/index_select.h>
#include <ATen/ops/ones.h>
#include <ATen/ops/silu.h>
#include <ATen/ops/silu_backward.h>
#include <ATen/ops/zeros.h>
#include <gtest/gtest.h>

#include <cmath>

#include "kernels/activation.h"
#include "kernels/dropout.h"
#include "kernels/dropout_hash.h"
#include "kernels/embedding.h"
#include "support/random_tensor.h"

namespace heed::testing {
namespace {

constexpr Dropout kNoDropout{};
constexpr Dropout kDropout{0.3, 0x0123456789ABCDEFull};

class ElementKernels : public ::testing::TestWithParam<at::ScalarType> {
 protected:
  at::ScalarType type() const { return GetParam(); }
  at::ScalarType arithmetic() const { return arithmetic_type(GetParam()); }
};

std::string name_of(const ::testing::TestParamInfo<at::ScalarType>& info) { return type_name(info.param); }
const auto kTypes = ::testing::Values(at::kFloat, at::kDouble, at::kBFloat16);

// 0 or 1 / (1 - rate) an element, as dropout multiplies.
at::Tensor keep_factors(at::IntArrayRef sizes, const Dropout& dropout) {
  return dropout_add(at::ones(sizes, at::kDouble), std::nullopt, dropout);
}

class ActivationKernel : public ElementKernels {
 protected:
  const at::Tensor x = random_tensor({71, 130}, 1, type(), 8), upstream = random_tensor({71, 130}, 2, type());
  const at::Tensor exact = x.to(at::kDouble), exact_upstream = upstream.to(at::kDouble);
};

TEST_P(ActivationKernel, EqualsLibTorchForward) {
  using enum ActivationFunction;
  EXPECT_TRUE(near(activation_dropout(kRelu, x, kNoDropout), exact.relu(), type()));
  EXPECT_TRUE(near(activation_dropout(kGelu, x, kNoDropout), at::gelu(exact), type()));
  EXPECT_TRUE(near(activation_dropout(kSwish, x, kNoDropout), at::silu(exact), type()));
}

TEST_P(ActivationKernel, EqualsLibTorchBackward) {
  using enum ActivationFunction;
  const auto backward = [&](ActivationFunction f) { return activation_dropout_backward(f, x, upstream, kNoDropout); };
  EXPECT_TRUE(near(backward(kRelu), exact_upstream * (exact > 0), type()));
  EXPECT_TRUE(near(backward(kGelu), at::gelu_backward(exact_upstream, exact), type()));
  EXPECT_TRUE(near(backward(kSwish), at::silu_backward(exact_upstream, exact), type()));
}

TEST_P(ActivationKernel, DropsTheSameElementsForwardAndBackward) {
  const at::Tensor factors = keep_factors(x.sizes(), kDropout);
  EXPECT_TRUE(near(activation_dropout(ActivationFunction::kGelu, x, kDropout), at::gelu(exact) * factors, type()));
  EXPECT_TRUE(near(activation_dropout_backward(ActivationFunction::kGelu, x, upstream, kDropout),
                   at::gelu_backward(exact_upstream * factors, exact), type()));
}

INSTANTIATE_TEST_SUITE_P(Types, ActivationKernel, kTypes, name_of);

// Rows of 2 x 65 columns: the halves begin off the vectors.
class GatedActivationKernel : public ElementKernels {
 protected:
  const at::Tensor x = random_tensor({71, 130}, 1, type(), 8), upstream = random_tensor({71, 65}, 2, type());
  const at::Tensor a = x.to(at::kDouble).narrow(1, 0, 65), b = x.to(at::kDouble).narrow(1, 65, 65);
  const at::Tensor exact_upstream = upstream.to(at::kDouble);
};

TEST_P(GatedActivationKernel, EqualsLibTorchForward) {
  using enum ActivationFunction;
  EXPECT_TRUE(near(gated_activation_dropout(kSigmoid, x, kNoDropout), a.sigmoid() * b, type()));
  EXPECT_TRUE(near(gated_activation_dropout(kGelu, x, kNoDropout), at::gelu(a) * b, type()));
  EXPECT_TRUE(near(gated_activation_dropout(kSwish, x, kNoDropout), at::silu(a) * b, type()));
}

TEST_P(GatedActivationKernel, EqualsLibTorchBackward) {
  using enum ActivationFunction;
  const auto backward = [&](ActivationFunction f) {
    return gated_activation_dropout_backward(f, x, upstream, kNoDropout);
  };
  const at::Tensor s = a.sigmoid(), g = exact_upstream * b;
  EXPECT_TRUE(near(backward(kSigmoid), at::cat({g * s * (1 - s), exact_upstream * s}, 1), type()));
  EXPECT_TRUE(near(backward(kGelu), at::cat({at::gelu_backward(g, a), exact_upstream * at::gelu(a)}, 1), type()));
  EXPECT_TRUE(near(backward(kSwish), at::cat({at::silu_backward(g, a), exact_upstream * at::silu(a)}, 1), type()));
}

TEST_P(GatedActivationKernel, DropsTheSameElementsForwardAndBackward) {
  const at::Tensor factors = keep_factors(upstream.sizes(), kDropout);
  EXPECT_TRUE(
      near(gated_activation_dropout(ActivationFunction::kSwish, x, kDropout), at::silu(a) * b * factors, type()));
  const at::Tensor g = exact_upstream * factors;
  EXPECT_TRUE(near(gated_activation_dropout_backward(ActivationFunction::kSwish, x, upstream, kDropout),
                   at::cat({at::silu_backward(g * b, a), g * at::silu(a)}, 1), type()));
}

INSTANTIATE_TEST_SUITE_P(Types, GatedActivationKernel, kTypes, name_of);

class DropoutKernel : public ElementKernels {};

TEST_P(DropoutKernel, WithoutARateAddsTheResidual) {
  const at::Tensor x = random_tensor({33, 17}, 3, type()), residual = random_tensor({33, 17}, 4, type());
  EXPECT_TRUE(dropout_add(x, std::nullopt, kNoDropout).equal(x));
  EXPECT_TRUE(near(dropout_add(x, residual, kNoDropout), x.to(at::kDouble) + residual, type()));
}

TEST_P(DropoutKernel, ScalesWhatItKeepsAndLeavesTheResidual) {
  const at::Tensor x = random_tensor({33, 17}, 3, type()), residual = random_tensor({33, 17}, 4, type());
  const at::Tensor expected = x.to(at::kDouble) * keep_factors(x.sizes(), kDropout) + residual;
  EXPECT_TRUE(near(dropout_add(x, residual, kDropout), expected, type()));
}

// The mask is the same function of key and element number in every type, and equal to the scalar hash that CUDA uses.
TEST_P(DropoutKernel, DropsByTheHashOfKeyAndElement) {
  const int64_t size = 10007;  // not a multiple of any vector
  const at::Tensor kept = dropout_add(at::ones({size}, type()), std::nullopt, kDropout).to(at::kDouble);
  const auto threshold = static_cast<uint32_t>(std::ldexp(kDropout.rate, 32));
  for (int64_t i = 0; i < size; ++i)
    ASSERT_EQ(kept.const_data_ptr<double>()[i] != 0, random_bits(kDropout.key, static_cast<uint32_t>(i)) >= threshold)
        << "element " << i;
}

// 200,000 draws at p = 0.3: five standard deviations of the share kept are 0.0051.
TEST_P(DropoutKernel, KeepsTheShareAskedFor) {
  const at::Tensor kept = dropout_add(at::ones({200000}, type()), std::nullopt, kDropout);
  EXPECT_NEAR(kept.ne(0).to(at::kDouble).mean().item<double>(), 0.7, 0.0051);
}

// Two masks agree on 0.7^2 + 0.3^2 = 0.58 of the elements; five standard deviations are 0.0056. Keys as models draw
// them.
TEST_P(DropoutKernel, OtherKeysGiveIndependentMasks) {
  const auto mask = [&](uint64_t update, uint64_t site) {
    const uint64_t key = random_key(1, Purpose::kDropout, {update, 0, site});
    return dropout_add(at::ones({200000}, type()), std::nullopt, {0.3, key}).ne(0);
  };
  const at::Tensor first = mask(1, 0);
  for (uint64_t i = 1; i <= 10; ++i) {
    EXPECT_NEAR(first.eq(mask(1, i)).to(at::kDouble).mean().item<double>(), 0.58, 0.0056) << "site " << i;
    EXPECT_NEAR(first.eq(mask(1 + i, 0)).to(at::kDouble).mean().item<double>(), 0.58, 0.0056) << "update " << i;
  }
}

INSTANTIATE_TEST_SUITE_P(Types, DropoutKernel, kTypes, name_of);

class EmbeddingKernel : public ElementKernels {
 protected:
  const at::Tensor table = random_tensor({19, 70}, 5, arithmetic()),
                   positions = random_tensor({9, 70}, 6, arithmetic());
  const at::Tensor ids = random_id_tensor(120, 19, 7), position_ids = random_id_tensor(120, 9, 8);
};

TEST_P(EmbeddingKernel, AddsScaledTokensAndPositions) {
  const at::Tensor expected =
      at::index_select(table.to(at::kDouble), 0, ids) * 3 + at::index_select(positions, 0, position_ids);
  const at::Tensor plain = embed(table, {{ids, position_ids, {}, {}}, 3, positions, kNoDropout, type()});
  const at::Tensor dropped = embed(table, {{ids, position_ids, {}, {}}, 3, positions, kDropout, type()});
  EXPECT_EQ(plain.scalar_type(), type());
  EXPECT_TRUE(near(plain, expected, type()));
  EXPECT_TRUE(near(dropped, expected * keep_factors(expected.sizes(), kDropout), type()));
}

TEST_P(EmbeddingKernel, BackwardSumsTheRowsOfEveryId) {
  const at::Tensor gradient = random_tensor({120, 70}, 9, type());
  at::Tensor table_gradient = table.clone();
  embed_backward(gradient, {ids, {}, {}}, 3, kDropout, table_gradient);
  const at::Tensor dropped = gradient.to(at::kDouble) * keep_factors(gradient.sizes(), kDropout);
  EXPECT_TRUE(near(table_gradient, table.to(at::kDouble).index_add(0, ids, dropped * 3), arithmetic(), 4));
}

INSTANTIATE_TEST_SUITE_P(Types, EmbeddingKernel, kTypes, name_of);

}  // namespace
}  // namespace heed::testing

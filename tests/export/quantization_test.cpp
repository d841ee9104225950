#include "export/quantization.h"

#include <ATen/TensorOperators.h>
#include <ATen/ops/abs.h>
#include <ATen/ops/tensor.h>
#include <ATen/ops/zeros.h>
#include <gtest/gtest.h>

#include "core/error.h"
#include "support/random_tensor.h"

namespace heed {
namespace {

TEST(Quantization, Int8KeepsEachRowToHalfAStepOfItsOwn) {
  const at::Tensor weight =
      testing::random_tensor({5, 64}, 1, at::kFloat) * at::tensor({1e-6, 1., 3., 100., 7.}).unsqueeze(1).to(at::kFloat);
  const QuantizedMatrix quantized = quantize_matrix(weight, Quantization::kInt8);
  ASSERT_TRUE(quantized.scale);
  EXPECT_EQ(quantized.values.scalar_type(), at::kChar);
  const at::Tensor back = quantized.values.to(at::kFloat) / quantized.scale->unsqueeze(1);
  const at::Tensor steps = at::abs(back - weight) * quantized.scale->unsqueeze(1);
  EXPECT_LE(steps.max().item<float>(), 0.5 + 1e-4);
  EXPECT_EQ(at::abs(quantized.values.to(at::kInt)).amax(1).min().item<int>(), 127);  // every row uses its whole range
}

TEST(Quantization, RoundsHalfToEvenAndLeavesARowOfZeros) {
  const QuantizedMatrix quantized =
      quantize_matrix(at::tensor({127.f, 0.5f, 1.5f, -2.5f, 0.f, 0.f, 0.f, 0.f}).reshape({2, 4}), Quantization::kInt8);
  EXPECT_TRUE(
      quantized.values.to(at::kInt).equal(at::tensor({127, 0, 2, -2, 0, 0, 0, 0}).to(at::kInt).reshape({2, 4})));
  EXPECT_TRUE(quantized.scale->equal(at::tensor({1.f, 1.f})));
}

TEST(Quantization, Int16HasOneScaleOfTenBits) {
  const QuantizedMatrix quantized =
      quantize_matrix(at::tensor({-2.f, 1.f, 0.5f, 0.f}).reshape({2, 2}), Quantization::kInt16);
  EXPECT_EQ(quantized.scale->item<float>(), 512);
  EXPECT_EQ(quantized.scale->dim(), 0);
  EXPECT_TRUE(quantized.values.to(at::kInt).equal(at::tensor({-1024, 512, 256, 0}).to(at::kInt).reshape({2, 2})));
}

TEST(Quantization, HalvesCastEverythingAndOthersNothingElse) {
  const at::Tensor bias = at::tensor({0.1f});
  EXPECT_EQ(quantize_rest(bias, Quantization::kFloat16).scalar_type(), at::kHalf);
  EXPECT_EQ(quantize_rest(bias, Quantization::kBfloat16).scalar_type(), at::kBFloat16);
  EXPECT_EQ(quantize_rest(bias, Quantization::kInt8).scalar_type(), at::kFloat);
  EXPECT_FALSE(quantize_matrix(at::zeros({2, 2}), Quantization::kFloat16).scale);
}

TEST(Quantization, UnknownNamesAreRefused) { EXPECT_THROW(quantization_of("int4"), ConfigError); }

}  // namespace
}  // namespace heed

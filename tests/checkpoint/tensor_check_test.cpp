#include "checkpoint/tensor_check.h"

#include <ATen/ops/full.h>
#include <ATen/ops/zeros.h>
#include <gmock/gmock.h>

#include <limits>

#include "core/error.h"

namespace heed {
namespace {

std::string rejection(const TensorMap& found, const TensorMap& expected) {
  try {
    check_tensors_match(found, expected, "model.safetensors");
  } catch (const CheckpointError& error) {
    return error.what();
  }
  return "accepted";
}

TEST(TensorCheck, EachWayNotToFitHasItsMessage) {
  const TensorMap model = {{"a", at::zeros({2, 3})}, {"b", at::zeros({4})}};
  const auto with = [&](const std::string& name, const at::Tensor& tensor) {
    TensorMap found = model;
    found[name] = tensor;
    return found;
  };
  EXPECT_EQ(rejection(with("a", at::full({2, 3}, 7.0)), model), "accepted");
  EXPECT_EQ(rejection({{"a", at::zeros({2, 3})}}, model),
            "model.safetensors: tensor 'b' is missing (expected F32 [4])");
  EXPECT_EQ(rejection(with("c", at::zeros({1})), model),
            "model.safetensors: tensor 'c' (F32 [1]) is unknown to this model");
  EXPECT_EQ(rejection(with("a", at::zeros({3, 2})), model),
            "model.safetensors: tensor 'a' has shape [3, 2], expected [2, 3]");
  EXPECT_EQ(rejection(with("a", at::zeros({2, 3}, at::kHalf)), model),
            "model.safetensors: tensor 'a' has type F16, expected F32");
  for (const float bad : {std::numeric_limits<float>::quiet_NaN(), -std::numeric_limits<float>::infinity()}) {
    at::Tensor tensor = at::zeros({4});
    tensor[2].fill_(bad);
    EXPECT_EQ(rejection(with("b", tensor), model), "model.safetensors: tensor 'b' holds 1 values that are not finite");
  }
}

TEST(TensorCheck, EveryFloatingPointTypeIsLookedAt) {
  for (const at::ScalarType type : {at::kFloat, at::kDouble, at::kHalf, at::kBFloat16}) {
    const at::Tensor tensor = at::full({2, 3}, -30000.0, type);
    check_finite({{"t", tensor}}, "x");
    for (const double bad : {std::numeric_limits<double>::quiet_NaN(), std::numeric_limits<double>::infinity()}) {
      tensor[1][2].fill_(bad);
      EXPECT_THROW(check_finite({{"t", tensor.t()}}, "x"), CheckpointError) << type;
    }
  }
}

TEST(TensorCheck, IntegersAreFinite) { check_finite({{"n", at::full({2}, -1, at::kLong)}}, "x"); }

}  // namespace
}  // namespace heed

#include "nn/weight_copies.h"

#include <ATen/ops/equal.h>
#include <gtest/gtest.h>

#include "support/random_tensor.h"

namespace heed {
namespace {

TEST(FrozenWeights, AreConvertedOnceWhileTheyAreUsed) {
  const torch::Tensor parameter = testing::random_tensor({3, 4}, 1, torch::kFloat), other = parameter.clone();
  FrozenWeights weights;
  torch::Tensor first;
  {
    const UseFrozen use(weights);
    first = in_type(parameter, torch::kBFloat16);
    EXPECT_TRUE(first.equal(parameter.to(torch::kBFloat16)));
    EXPECT_TRUE(in_type(parameter, torch::kBFloat16).is_same(first));
    EXPECT_FALSE(in_type(other, torch::kBFloat16).is_same(first));
    EXPECT_TRUE(in_type(parameter, torch::kFloat).is_same(parameter));
  }
  EXPECT_FALSE(in_type(parameter, torch::kBFloat16).is_same(first));
  const UseFrozen again(weights);
  EXPECT_TRUE(in_type(parameter, torch::kBFloat16).is_same(first));
}

// A tensor made for one call may get the address of one that is gone.
TEST(FrozenWeights, OfTensorsThatComeAndGoAreTheirOwn) {
  FrozenWeights weights;
  const UseFrozen use(weights);
  for (int64_t i = 0; i < 20; ++i) {
    const torch::Tensor passing = torch::full({2}, static_cast<double>(i), torch::kFloat);
    EXPECT_EQ(in_type(passing, torch::kBFloat16)[0].item<float>(), static_cast<float>(i));
  }
}

}  // namespace
}  // namespace heed

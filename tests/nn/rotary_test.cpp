#include "nn/attention/rotary.h"

#include <gtest/gtest.h>

#include <cmath>

#include "support/random_tensor.h"

namespace heed::testing {
namespace {

torch::Tensor turned(const torch::Tensor& rows, const std::vector<int64_t>& positions, int64_t head_size) {
  return rotate(rows, rotation(torch::tensor(positions, torch::kLong), head_size, rows.scalar_type()));
}

// One head of 4: columns (0, 2) turn by the position, columns (1, 3) by a hundredth of it (10000^(-2/4)).
TEST(Rotary, WorkedExample) {
  const torch::Tensor found = turned(torch::tensor({{1.0, 2.0, 3.0, 4.0}}, torch::kDouble), {5}, 4);
  EXPECT_NEAR(found[0][0].item<double>(), std::cos(5) - 3 * std::sin(5), 1e-12);
  EXPECT_NEAR(found[0][2].item<double>(), 3 * std::cos(5) + std::sin(5), 1e-12);
  EXPECT_NEAR(found[0][1].item<double>(), 2 * std::cos(0.05) - 4 * std::sin(0.05), 1e-12);
  EXPECT_NEAR(found[0][3].item<double>(), 4 * std::cos(0.05) + 2 * std::sin(0.05), 1e-12);
}

// Su et al. 2021, equation 16: the product depends on the distance alone, in every head.
TEST(Rotary, ProductsDependOnTheDistanceAlone) {
  const torch::Tensor query = random_tensor({1, 24}, 1), key = random_tensor({1, 24}, 2);
  const auto product = [&](int64_t at_query, int64_t at_key) {
    return (turned(query, {at_query}, 8) * turned(key, {at_key}, 8)).view({3, 8}).sum(1);
  };
  EXPECT_TRUE(near(product(9, 4), product(1005, 1000), torch::kDouble));
  EXPECT_FALSE(near(product(9, 4), product(9, 5), torch::kDouble));
  EXPECT_TRUE(near(product(0, 0), (query * key).view({3, 8}).sum(1), torch::kDouble));
}

TEST(Rotary, BackwardIsTheGradient) {
  torch::Tensor rows = random_tensor({5, 12}, 3).requires_grad_();
  const std::vector<int64_t> positions = {0, 1, 2, 0, 7};
  const torch::Tensor upstream = random_tensor({5, 12}, 4);
  turned(rows, positions, 6).backward(upstream);
  const double step = 1e-6;
  for (int64_t i = 0; i < rows.numel(); i += 7) {
    torch::Tensor up = rows.detach().clone();
    up.mutable_data_ptr<double>()[i] += step;
    const double slope =
        ((turned(up, positions, 6) - turned(rows.detach(), positions, 6)) * upstream).sum().item<double>();
    EXPECT_NEAR(rows.grad().flatten()[i].item<double>(), slope / step, 1e-8);
  }
  EXPECT_THROW(turned(rows, positions, 3), c10::Error);
}

}  // namespace
}  // namespace heed::testing

#include "kernels/log_sum_exp.h"

#include <ATen/ops/allclose.h>
#include <ATen/ops/amax.h>
#include <ATen/ops/cat.h>
#include <ATen/ops/logsumexp.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <limits>

#include "support/random_tensor.h"

namespace heed::testing {
namespace {

TEST(LogSumExp, EqualsLibTorchInDoubleOfRowsOfAnyWidth) {
  for (const int64_t width : {1, 3, 16, 17, 1000, 8191})
    for (const double scale : {0.1, 30.0}) {
      const at::Tensor x = random_tensor({11, width}, static_cast<uint64_t>(width), at::kFloat, scale);
      const at::Tensor found = log_sum_exp(x).sums;
      EXPECT_EQ(found.scalar_type(), at::kDouble);
      EXPECT_TRUE(at::allclose(found, at::logsumexp(x.to(at::kDouble), 1), 1e-7, 1e-6)) << width << " " << scale;
    }
}

TEST(LogSumExp, OfARowDoesNotDependOnTheOthers) {
  const at::Tensor x = random_tensor({33, 500}, 1, at::kFloat, 3);
  const at::Tensor together = log_sum_exp(x).sums;
  for (int64_t row = 0; row < x.size(0); ++row)
    EXPECT_TRUE(log_sum_exp(x.narrow(0, row, 1)).sums.equal(together.narrow(0, row, 1))) << row;
}

TEST(LogSumExp, TellsTheLargestOfEveryBlock) {
  for (const int64_t width : {1, 127, 128, 129, 1000}) {
    at::Tensor x = random_tensor({5, width}, 3, at::kFloat, 4);
    x[2][width / 2] = std::nanf("");
    x[3].fill_(-std::numeric_limits<float>::infinity());
    const at::Tensor largest = log_sum_exp(x).largest;
    ASSERT_EQ(largest.sizes(), at::IntArrayRef({5, (width + kLargestOf - 1) / kLargestOf}));
    x.masked_fill_(x.isnan(), -std::numeric_limits<float>::infinity());
    for (int64_t b = 0; b < largest.size(1); ++b) {
      const int64_t columns = std::min(kLargestOf, width - b * kLargestOf);
      EXPECT_TRUE(largest.select(1, b).equal(x.narrow(1, b * kLargestOf, columns).amax(1))) << width << " " << b;
    }
  }
}

// What a diverged model or a forbidden token puts into a row.
TEST(LogSumExp, OfWhatIsNotFinite) {
  constexpr float kInfinity = std::numeric_limits<float>::infinity();
  at::Tensor x = random_tensor({4, 40}, 2, at::kFloat);
  x[0][7] = std::nanf("");
  x[1][39] = kInfinity;
  x[2].fill_(-kInfinity);
  x[3].fill_(-kInfinity);
  x[3][5] = 2;
  const at::Tensor found = log_sum_exp(x).sums;
  for (int64_t row = 0; row < 3; ++row) EXPECT_TRUE(std::isnan(found[row].item<double>())) << row;
  EXPECT_EQ(found[3].item<double>(), 2);
}

}  // namespace
}  // namespace heed::testing

#include "kernels/packed_product.h"

#include <ATen/Parallel.h>
#include <ATen/ops/mm.h>
#include <gtest/gtest.h>

#include "support/random_tensor.h"

namespace heed {
namespace {

using testing::random_tensor;

struct Shape {
  int64_t rows, in, out;
};

// Whole and broken panels, tiles and blocks.
const Shape kShapes[] = {{1, 1, 1}, {1, 7, 64}, {5, 16, 63}, {6, 33, 65}, {7, 8, 130}, {97, 20, 17}, {200, 31, 129}};

class PackedProduct : public ::testing::TestWithParam<torch::ScalarType> {};

TEST_P(PackedProduct, IsTheProduct) {
  for (const auto& [rows, in, out] : kShapes) {
    const torch::Tensor x = random_tensor({rows, in}, 1, GetParam()), weight = random_tensor({out, in}, 2, GetParam());
    const torch::Tensor bias = random_tensor({out}, 3, GetParam());
    const torch::Tensor product = at::mm(x.to(torch::kDouble), weight.to(torch::kDouble).t());
    const double tolerance = GetParam() == torch::kFloat ? 1e-5 : 1e-13;
    const PackedMatrix panels(weight);
    EXPECT_TRUE(packed_product(x, panels, {}).to(torch::kDouble).allclose(product, tolerance, tolerance)) << out;
    EXPECT_TRUE(packed_product(x, panels, bias).to(torch::kDouble).allclose(product + bias, tolerance, tolerance))
        << out;
  }
}

TEST_P(PackedProduct, GivesARowTheSameBitsInAnyCompany) {
  const torch::Tensor x = random_tensor({100, 37}, 1, GetParam()), bias = random_tensor({150}, 3, GetParam());
  const PackedMatrix panels(random_tensor({150, 37}, 2, GetParam()));
  const torch::Tensor all = packed_product(x, panels, bias);
  for (int64_t rows = 1; rows <= 40; ++rows)
    for (const int64_t first : {int64_t{0}, int64_t{3}, 100 - rows})
      EXPECT_TRUE(packed_product(x.narrow(0, first, rows), panels, bias).equal(all.narrow(0, first, rows))) << rows;
}

TEST_P(PackedProduct, IsTheSameForAnyNumberOfThreads) {
  const torch::Tensor x = random_tensor({300, 64}, 1, GetParam());
  const PackedMatrix panels(random_tensor({700, 64}, 2, GetParam()));
  const int before = at::get_num_threads();
  at::set_num_threads(1);
  const torch::Tensor by_one = packed_product(x, panels, {});
  at::set_num_threads(4);
  EXPECT_TRUE(packed_product(x, panels, {}).equal(by_one));
  at::set_num_threads(before);
}

TEST_P(PackedProduct, TakesColumnsOfAMatrixAndNoRows) {
  const torch::Tensor wide = random_tensor({9, 30}, 1, GetParam()), x = wide.narrow(1, 10, 12);
  const torch::Tensor weights = random_tensor({20, 50}, 2, GetParam()), weight = weights.narrow(1, 5, 12);
  EXPECT_TRUE(packed_product(x, PackedMatrix(weight), {})
                  .equal(packed_product(x.contiguous(), PackedMatrix(weight.contiguous()), {})));
  EXPECT_EQ(packed_product(x.narrow(0, 0, 0), PackedMatrix(weight), {}).sizes(), torch::IntArrayRef({0, 20}));
}

INSTANTIATE_TEST_SUITE_P(Types, PackedProduct, ::testing::Values(torch::kFloat, torch::kDouble),
                         [](const auto& given) { return given.param == torch::kFloat ? "Float" : "Double"; });

}  // namespace
}  // namespace heed

#include "kernels/packed_product.h"

#include <ATen/Parallel.h>
#include <ATen/ops/mm.h>
#include <ATen/ops/round.h>
#include <ATen/ops/zeros.h>
#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <string>

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

TEST_P(PackedProduct, TakesColumnsOfAMatrixAndNoRows) {
  const torch::Tensor wide = random_tensor({9, 30}, 1, GetParam()), x = wide.narrow(1, 10, 12);
  const torch::Tensor weights = random_tensor({20, 50}, 2, GetParam()), weight = weights.narrow(1, 5, 12);
  EXPECT_TRUE(packed_product(x, PackedMatrix(weight), {})
                  .equal(packed_product(x.contiguous(), PackedMatrix(weight.contiguous()), {})));
  EXPECT_EQ(packed_product(x.narrow(0, 0, 0), PackedMatrix(weight), {}).sizes(), torch::IntArrayRef({0, 20}));
}

INSTANTIATE_TEST_SUITE_P(Types, PackedProduct, ::testing::Values(torch::kFloat, torch::kDouble),
                         [](const auto& given) { return given.param == torch::kFloat ? "Float" : "Double"; });

// Numbers of fewer bits.
torch::Tensor fp32(at::IntArrayRef sizes, uint64_t seed) { return random_tensor(sizes, seed, torch::kFloat); }

class ReducedProduct : public ::testing::TestWithParam<ProductNumbers> {};

// What the contract says, in LibTorch's own operations.
torch::Tensor expected_int8(const torch::Tensor& x, const torch::Tensor& weight, const torch::Tensor& bias) {
  const auto largest = [](const torch::Tensor& rows) { return rows.abs().amax(1); };
  const auto whole = [&](const torch::Tensor& rows) {
    return at::round(rows * (127 / largest(rows)).unsqueeze(1)).to(torch::kDouble);
  };
  const torch::Tensor sums = at::mm(whole(x), whole(weight).t()).to(torch::kFloat);
  return sums * ((largest(weight) / 127).unsqueeze(0) * (largest(x) / 127).unsqueeze(1)) + bias;
}

torch::Tensor expected_bf16(const torch::Tensor& x, const torch::Tensor& weight, const torch::Tensor& bias) {
  const auto rounded = [](const torch::Tensor& rows) { return rows.to(torch::kBFloat16).to(torch::kDouble); };
  return at::mm(rounded(x), rounded(weight).t()) + bias;
}

TEST_P(ReducedProduct, IsTheProductOfTheReducedNumbers) {
  for (const auto& [rows, in, out] : kShapes) {
    const torch::Tensor x = fp32({rows, in}, 1), weight = fp32({out, in}, 2);
    const torch::Tensor bias = fp32({out}, 3);
    const torch::Tensor found = packed_product(x, PackedMatrix(weight, GetParam()), bias);
    if (GetParam() == ProductNumbers::kInt8) {
      EXPECT_TRUE(found.equal(expected_int8(x, weight, bias))) << rows << " x " << in << " x " << out;
    } else {
      EXPECT_TRUE(found.to(torch::kDouble).allclose(expected_bf16(x, weight, bias), 1e-5, 1e-5)) << out;
    }
  }
}

// A model that has diverged must look like one: NaN, not some number of 8 bits. bf16 has an infinity of its own.
TEST_P(ReducedProduct, RowsThatAreNotFiniteAreNotNumbers) {
  const auto is_lost = [&](const torch::Tensor& x) {
    return (GetParam() == ProductNumbers::kInt8 ? x.isnan() : x.isfinite().logical_not()).all().item<bool>();
  };
  for (const float bad : {std::nanf(""), std::numeric_limits<float>::infinity()}) {
    torch::Tensor x = fp32({3, 20}, 1), weight = fp32({70, 20}, 2);
    x[1][19] = bad;
    const torch::Tensor by_row = packed_product(x, PackedMatrix(weight, GetParam()), {});
    EXPECT_TRUE(is_lost(by_row[1]));
    EXPECT_TRUE(by_row[0].isfinite().all().item<bool>() && by_row[2].isfinite().all().item<bool>());
    x[1][19] = 0.5f;
    weight[66][3] = bad;
    const torch::Tensor by_column = packed_product(x, PackedMatrix(weight, GetParam()), {});
    EXPECT_TRUE(is_lost(by_column.select(1, 66)));
    EXPECT_TRUE(by_column.select(1, 65).isfinite().all().item<bool>());
  }
}

TEST_P(ReducedProduct, RowsOfNothingGiveTheBias) {
  const torch::Tensor x = at::zeros({2, 20}), bias = fp32({70}, 3);
  EXPECT_TRUE(packed_product(x, PackedMatrix(fp32({70, 20}, 2), GetParam()), bias).equal(bias.expand({2, 70})));
  EXPECT_TRUE(packed_product(fp32({2, 20}, 1), PackedMatrix(at::zeros({70, 20}), GetParam()), bias)
                  .equal(bias.expand({2, 70})));
}

INSTANTIATE_TEST_SUITE_P(Numbers, ReducedProduct, ::testing::Values(ProductNumbers::kBFloat16, ProductNumbers::kInt8),
                         [](const auto& given) { return given.param == ProductNumbers::kInt8 ? "Int8" : "BFloat16"; });

// What holds whatever the numbers are.
struct Kind {
  std::string name;
  torch::ScalarType type;
  ProductNumbers numbers;
};
class EveryProduct : public ::testing::TestWithParam<Kind> {
 protected:
  static torch::Tensor random(at::IntArrayRef sizes, uint64_t seed) {
    return random_tensor(sizes, seed, GetParam().type);
  }
  static PackedMatrix packed(const torch::Tensor& weight) { return PackedMatrix(weight, GetParam().numbers); }
};

TEST_P(EveryProduct, GivesARowTheSameBitsInAnyCompany) {
  const torch::Tensor x = random({100, 37}, 1), bias = random({150}, 3);
  const PackedMatrix panels = packed(random({150, 37}, 2));
  const torch::Tensor all = packed_product(x, panels, bias);
  for (int64_t rows = 1; rows <= 40; ++rows)
    for (const int64_t first : {int64_t{0}, int64_t{3}, 100 - rows})
      EXPECT_TRUE(packed_product(x.narrow(0, first, rows), panels, bias).equal(all.narrow(0, first, rows))) << rows;
}

TEST_P(EveryProduct, IsTheSameForAnyNumberOfThreads) {
  const torch::Tensor x = random({300, 64}, 1);
  const PackedMatrix panels = packed(random({700, 64}, 2));
  const int before = at::get_num_threads();
  at::set_num_threads(1);
  const torch::Tensor by_one = packed_product(x, panels, {});
  at::set_num_threads(4);
  EXPECT_TRUE(packed_product(x, panels, {}).equal(by_one));
  at::set_num_threads(before);
}

INSTANTIATE_TEST_SUITE_P(Kinds, EveryProduct,
                         ::testing::Values(Kind{"Float", torch::kFloat, ProductNumbers::kOwn},
                                           Kind{"Double", torch::kDouble, ProductNumbers::kOwn},
                                           Kind{"BFloat16", torch::kFloat, ProductNumbers::kBFloat16},
                                           Kind{"Int8", torch::kFloat, ProductNumbers::kInt8}),
                         [](const auto& given) { return given.param.name; });

}  // namespace
}  // namespace heed

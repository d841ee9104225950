#include "kernels/packed_weight.h"

#include <ATen/ops/mm.h>
#include <ATen/ops/round.h>
#include <ATen/ops/zeros.h>
#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <string>

#include "core/thread_team.h"
#include "support/random_tensor.h"

namespace heed {
namespace {

using testing::random_tensor;

struct Shape {
  int64_t rows, in, out;
};

// Whole and broken panels, tiles, blocks and stretches of the depth.
const Shape kShapes[] = {{1, 1, 1},   {1, 7, 64},     {5, 16, 63},    {6, 33, 65},
                         {7, 8, 130}, {200, 31, 129}, {97, 1025, 17}, {3, 4100, 70}};

// A kind of product: the type of the rows, and what is multiplied.
struct Kind {
  std::string name;
  torch::ScalarType rows;
  ProductNumbers numbers = ProductNumbers::kOwn;

  torch::ScalarType weight() const { return rows == torch::kDouble ? torch::kDouble : torch::kFloat; }
  bool bfloat16() const { return rows == torch::kBFloat16 || numbers == ProductNumbers::kBFloat16; }
};
class EveryProduct : public ::testing::TestWithParam<Kind> {
 protected:
  static torch::Tensor rows(at::IntArrayRef sizes, uint64_t seed) {
    return random_tensor(sizes, seed, GetParam().weight()).to(GetParam().rows);
  }
  static torch::Tensor parameter(at::IntArrayRef sizes, uint64_t seed) {
    return random_tensor(sizes, seed, GetParam().weight());
  }
  static PackedWeight packed(const torch::Tensor& weight) {
    return PackedWeight(weight, GetParam().rows, GetParam().numbers);
  }
};

// What the contract says, in LibTorch's own operations.
torch::Tensor expected_int8(const torch::Tensor& x, const torch::Tensor& weight, const torch::Tensor& bias) {
  const auto largest = [](const torch::Tensor& rows) { return rows.abs().amax(1); };
  const auto whole = [&](const torch::Tensor& rows) {
    return at::round(rows * (127 / largest(rows)).unsqueeze(1)).to(torch::kDouble);
  };
  const torch::Tensor sums = at::mm(whole(x), whole(weight).t()).to(torch::kFloat);
  return sums * ((largest(weight) / 127).unsqueeze(0) * (largest(x) / 127).unsqueeze(1)) + bias;
}

torch::Tensor expected(const Kind& kind, const torch::Tensor& x, const torch::Tensor& weight,
                       const torch::Tensor& bias) {
  const auto as_multiplied = [&](const torch::Tensor& numbers) {
    return (kind.bfloat16() ? numbers.to(torch::kBFloat16) : numbers).to(torch::kDouble);
  };
  return at::mm(as_multiplied(x), as_multiplied(weight).t()) + bias.to(torch::kDouble);
}

TEST_P(EveryProduct, IsTheProduct) {
  for (const auto& [rows, in, out] : kShapes) {
    const torch::Tensor x = EveryProduct::rows({rows, in}, 1), weight = parameter({out, in}, 2),
                        bias = parameter({out}, 3);
    const torch::Tensor found = linear_product(x, packed(weight), bias), bare = linear_product(x, packed(weight), {});
    ASSERT_EQ(found.scalar_type(), GetParam().rows);
    if (GetParam().numbers == ProductNumbers::kInt8) {
      EXPECT_TRUE(found.equal(expected_int8(x, weight, bias))) << rows << " x " << in << " x " << out;
      continue;
    }
    const double tolerance = GetParam().rows == torch::kDouble     ? 1e-12
                             : GetParam().rows == torch::kBFloat16 ? 1.0 / 256
                                                                   : 1e-5;
    const torch::Tensor product = expected(GetParam(), x, weight, at::zeros_like(bias));
    const double scale = std::sqrt(static_cast<double>(in));
    EXPECT_TRUE(bare.to(torch::kDouble).allclose(product, tolerance, tolerance * scale))
        << rows << " " << in << " " << out;
    EXPECT_TRUE(found.to(torch::kDouble).allclose(product + bias, tolerance, tolerance * scale)) << out;
  }
}

TEST_P(EveryProduct, TakesColumnsOfAMatrixAndNoRows) {
  const torch::Tensor wide = rows({9, 30}, 1), x = wide.narrow(1, 10, 12);
  const torch::Tensor weights = parameter({20, 50}, 2), weight = weights.narrow(1, 5, 12);
  EXPECT_TRUE(
      linear_product(x, packed(weight), {}).equal(linear_product(x.contiguous(), packed(weight.contiguous()), {})));
  EXPECT_EQ(linear_product(x.narrow(0, 0, 0), packed(weight), {}).sizes(), torch::IntArrayRef({0, 20}));
}

// The product of a gradient, whose panels are rows of the weight.
TEST_P(EveryProduct, TakesATransposedWeight) {
  for (const auto& [rows, in, out] : kShapes) {
    const torch::Tensor x = EveryProduct::rows({rows, in}, 1), transposed = parameter({in, out}, 2);
    EXPECT_TRUE(
        linear_product(x, packed(transposed.t()), {}).equal(linear_product(x, packed(transposed.t().contiguous()), {})))
        << rows << " x " << in << " x " << out;
  }
}

TEST_P(EveryProduct, GivesARowTheSameBitsInAnyCompany) {
  const torch::Tensor x = rows({100, 37}, 1), bias = parameter({150}, 3);
  const PackedWeight weight = packed(parameter({150, 37}, 2));
  const torch::Tensor all = linear_product(x, weight, bias);
  for (int64_t rows = 1; rows <= 40; ++rows)
    for (const int64_t first : {int64_t{0}, int64_t{3}, 100 - rows})
      EXPECT_TRUE(linear_product(x.narrow(0, first, rows), weight, bias).equal(all.narrow(0, first, rows))) << rows;
}

TEST_P(EveryProduct, IsTheSameForAnyNumberOfThreads) {
  const torch::Tensor x = rows({300, 64}, 1);
  const PackedWeight weight = packed(parameter({700, 64}, 2));
  const int64_t before = num_threads();
  set_num_threads(1);
  const torch::Tensor by_one = linear_product(x, weight, {});
  set_num_threads(4);
  EXPECT_TRUE(linear_product(x, weight, {}).equal(by_one));
  set_num_threads(before);
}

// What lies behind the rows of a matrix is not read into the sums, whatever it is.
TEST_P(EveryProduct, ReadsNothingBesideItsRows) {
  torch::Tensor wide = rows({4, 20}, 1);
  wide.narrow(1, 13, 7).fill_(std::nan(""));
  const torch::Tensor found = linear_product(wide.narrow(1, 0, 13), packed(parameter({70, 13}, 2)), {});
  EXPECT_TRUE(found.isfinite().all().item<bool>());
}

INSTANTIATE_TEST_SUITE_P(Kinds, EveryProduct,
                         ::testing::Values(Kind{"Float", torch::kFloat}, Kind{"Double", torch::kDouble},
                                           Kind{"BFloat16Rows", torch::kBFloat16},
                                           Kind{"BFloat16", torch::kFloat, ProductNumbers::kBFloat16},
                                           Kind{"Int8", torch::kFloat, ProductNumbers::kInt8}),
                         [](const auto& given) { return given.param.name; });

// Numbers of fewer bits, made of fp32.
torch::Tensor fp32(at::IntArrayRef sizes, uint64_t seed) { return random_tensor(sizes, seed, torch::kFloat); }

class ReducedProduct : public ::testing::TestWithParam<ProductNumbers> {
 protected:
  static PackedWeight packed(const torch::Tensor& weight) { return PackedWeight(weight, torch::kFloat, GetParam()); }
};

// A model that has diverged must look like one: NaN, not some number of 8 bits. bf16 has an infinity of its own.
TEST_P(ReducedProduct, RowsThatAreNotFiniteAreNotNumbers) {
  const auto is_lost = [&](const torch::Tensor& x) {
    return (GetParam() == ProductNumbers::kInt8 ? x.isnan() : x.isfinite().logical_not()).all().item<bool>();
  };
  for (const float bad : {std::nanf(""), std::numeric_limits<float>::infinity()}) {
    torch::Tensor x = fp32({3, 20}, 1), weight = fp32({70, 20}, 2);
    x[1][19] = bad;
    const torch::Tensor by_row = linear_product(x, packed(weight), {});
    EXPECT_TRUE(is_lost(by_row[1]));
    EXPECT_TRUE(by_row[0].isfinite().all().item<bool>() && by_row[2].isfinite().all().item<bool>());
    x[1][19] = 0.5f;
    weight[66][3] = bad;
    const torch::Tensor by_column = linear_product(x, packed(weight), {});
    EXPECT_TRUE(is_lost(by_column.select(1, 66)));
    EXPECT_TRUE(by_column.select(1, 65).isfinite().all().item<bool>());
  }
}

TEST_P(ReducedProduct, RowsOfNothingGiveTheBias) {
  const torch::Tensor x = at::zeros({2, 20}), bias = fp32({70}, 3);
  EXPECT_TRUE(linear_product(x, packed(fp32({70, 20}, 2)), bias).equal(bias.expand({2, 70})));
  EXPECT_TRUE(linear_product(fp32({2, 20}, 1), packed(at::zeros({70, 20})), bias).equal(bias.expand({2, 70})));
}

INSTANTIATE_TEST_SUITE_P(Numbers, ReducedProduct, ::testing::Values(ProductNumbers::kBFloat16, ProductNumbers::kInt8),
                         [](const auto& given) { return given.param == ProductNumbers::kInt8 ? "Int8" : "BFloat16"; });

}  // namespace
}  // namespace heed

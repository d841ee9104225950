#pragma once

#include <ATen/core/Tensor.h>

#include <optional>

namespace heed {

// What the numbers of a product are. kOwn: what both sides are. kBFloat16: both are rounded to it, sums are fp32.
// kInt8: whole numbers from -127 to 127 with a scale for each row of x and of the weight, q = round(127 v / largest |v|
// of the row), whose product is exact:
//
//   y[r][c] = (sum over k of q_x[r][k] q_w[c][k]) (s_w[c] s_x[r]) + bias[c],  s = largest |v| / 127
//
// where a row that is not finite is NaN throughout.
enum class ProductNumbers { kOwn, kBFloat16, kInt8 };

// A weight matrix (out, in) ready for products with many rows. On the CPU these are Heed's own: it is laid out in
// panels of neighbouring columns of the result, as wide as this CPU's registers want (kernels/cpu/product_tile.h). A
// GPU's are LibTorch's, of the weight as it is, and so are those in bf16 on a CPU whose tile unit (AMX) only libraries
// use.
class PackedWeight {
 public:
  // Whether rows of type `rows` meet a weight like this one in the CPU's own products: it is fp32, or double as they
  // are. Elsewhere the weight must be of their type.
  static bool packs(const at::Tensor& weight, at::ScalarType rows);

  PackedWeight() = default;
  // For rows of a type that `numbers` can be made of: fp32, and for kOwn also double, and bf16 that stays what it is.
  // Copies where it packs, else borrows. The weight may be a transposed one.
  PackedWeight(const at::Tensor& weight, at::ScalarType rows, ProductNumbers numbers = ProductNumbers::kOwn);

 private:
  friend at::Tensor linear_product(const at::Tensor& x, const PackedWeight& weight,
                                   const std::optional<at::Tensor>& bias);
  void pack(const at::Tensor& weight);
  at::Tensor multiply(const at::Tensor& x, const std::optional<at::Tensor>& bias) const;

  int64_t in_ = 0, out_ = 0;
  at::ScalarType rows_ = at::kFloat;  // of x and y
  ProductNumbers numbers_ = ProductNumbers::kOwn;
  at::Tensor as_it_is_;                       // undefined where the rest is in use
  at::Tensor panels_, scales_, corrections_;  // the last two of kInt8 alone
};

// x W^T + bias: x (N, in), bias (out) or none -> (N, out) in the type of x. A bias is of x's type, or fp32 where the
// product is the CPU's own in bf16. Every entry of the CPU's own is one sum over `in` in order, so that a row has the
// same bits whatever rows stand beside it, and for any number of threads; kInt8's have the same for every instruction
// set.
at::Tensor linear_product(const at::Tensor& x, const PackedWeight& weight, const std::optional<at::Tensor>& bias);

}  // namespace heed

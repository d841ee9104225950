#pragma once

#include <ATen/core/Tensor.h>

#include <optional>

namespace heed {

// What the numbers of a product are. kOwn: what the weight is, fp32 or double. kBFloat16: both sides are rounded to it,
// sums are fp32. kInt8: whole numbers from -127 to 127 with a scale for each row of x and of the weight,
// q = round(127 v / largest |v| of the row), whose product is exact:
//
//   y[r][c] = (sum over k of q_x[r][k] q_w[c][k]) (s_w[c] s_x[r]) + bias[c],  s = largest |v| / 127
//
// where a row that is not finite is NaN throughout.
enum class ProductNumbers { kOwn, kBFloat16, kInt8 };

// A weight matrix (out, in) in the layout of the CPU's own product: panels of neighbouring columns of the result, as
// wide as this CPU's registers want (kernels/cpu/product_kernels.h, kernels/cpu/reduced_kernels.h).
class PackedMatrix {
 public:
  // Whether there is such a product for matrices like this one: fp32 or double, on the CPU.
  static bool fits(const at::Tensor& weight);

  PackedMatrix() = default;
  // REQUIRES: fits(weight), and fp32 where the numbers are not its own. Copies.
  explicit PackedMatrix(const at::Tensor& weight, ProductNumbers numbers = ProductNumbers::kOwn);

 private:
  friend at::Tensor packed_product(const at::Tensor& x, const PackedMatrix& weight,
                                   const std::optional<at::Tensor>& bias);
  void pack(const at::Tensor& weight);
  void reduce(const at::Tensor& weight);
  void multiply(const at::Tensor& x, const std::optional<at::Tensor>& bias, at::Tensor& y) const;
  void multiply_reduced(const at::Tensor& x, const std::optional<at::Tensor>& bias, at::Tensor& y) const;

  int64_t in_ = 0, out_ = 0;
  at::ScalarType type_ = at::kFloat;  // of the weight, of x and y
  ProductNumbers numbers_ = ProductNumbers::kOwn;
  at::Tensor panels_, scales_, corrections_;  // the last two of kInt8 alone
};

// x W^T + bias: x (N, in) of the weight's type, bias (out) or none -> (N, out). Every entry is one sum over `in` in
// order, so that a row has the same bits whatever rows stand beside it, and for any number of threads; kInt8's have the
// same for every instruction set.
at::Tensor packed_product(const at::Tensor& x, const PackedMatrix& weight, const std::optional<at::Tensor>& bias);

}  // namespace heed

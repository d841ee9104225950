#pragma once

#include <ATen/core/Tensor.h>

#include <optional>

namespace heed {

// A weight matrix (out, in) in the layout of the CPU's own product: panels of neighbouring columns of the result, each
// (in, columns of the panel), as wide as this CPU's registers want (kernels/cpu/product_kernels.h).
class PackedMatrix {
 public:
  // Whether there is such a product for matrices like this one: fp32 or double, on the CPU.
  static bool fits(const at::Tensor& weight);

  PackedMatrix() = default;
  explicit PackedMatrix(const at::Tensor& weight);  // REQUIRES: fits(weight). Copies.

  int64_t in() const { return in_; }
  int64_t out() const { return out_; }
  const at::Tensor& panels() const { return panels_; }

 private:
  int64_t in_ = 0, out_ = 0;
  at::Tensor panels_;
};

// x W^T + bias: x (N, in), bias (out) or none -> (N, out). Every entry is one sum over `in` in order, so that a row has
// the same bits whatever rows stand beside it, and for any number of threads.
at::Tensor packed_product(const at::Tensor& x, const PackedMatrix& weight, const std::optional<at::Tensor>& bias);

}  // namespace heed

#pragma once

#include <ATen/core/Tensor.h>

#include <optional>

namespace heed {

// The products of a linear layer. On Intel CPUs fp32 goes to MKL, elsewhere to oneDNN, which is more than twice as fast
// there (measured on AMD Zen 5: 245 against 105 GFLOP/s a thread); other types and devices take LibTorch's own choice.
// All are the same for any number of threads.

// x W^T + bias: x (N, in), weight (out, in), bias (out) or none -> (N, out).
at::Tensor linear_product(const at::Tensor& x, const at::Tensor& weight, const std::optional<at::Tensor>& bias);

// The same for what kernels/packed_product.h does not multiply, bf16 on the CPU and all types of a GPU: every row of
// the result on the CPU has the same bits whatever rows stand beside it. The libraries keep that promise except, on
// CPUs that are not Intel's, for the first few row counts: there fewer than 16 rows are padded to 16.
at::Tensor row_exact_product(const at::Tensor& x, const at::Tensor& weight, const std::optional<at::Tensor>& bias);

// G W: gradient (N, out), weight (out, in) -> (N, in).
at::Tensor input_gradient_product(const at::Tensor& gradient, const at::Tensor& weight);

// accumulated += G^T X: gradient (N, out), x (N, in), accumulated (out, in) in fp32 where those are bf16.
void add_weight_gradient_product(const at::Tensor& gradient, const at::Tensor& x, at::Tensor& accumulated);

}  // namespace heed

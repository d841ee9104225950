#pragma once

#include <ATen/core/Tensor.h>

namespace heed {

// accumulated += G^T X, the gradient of a linear layer's weight: gradient (N, out), x (N, in) of the same type,
// accumulated (out, in) of that type, or in fp32 where those are bf16. On the CPU the product is Heed's own (like
// kernels/packed_weight.h, which says where it is not): each entry adds up the rows in order, a stretch of them at a
// time.
void add_weight_gradient(const at::Tensor& gradient, const at::Tensor& x, at::Tensor& accumulated);

}  // namespace heed

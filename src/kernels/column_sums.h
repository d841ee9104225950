#pragma once

#include <ATen/core/Tensor.h>

namespace heed {

// sums[c] += sum over rows of x[r][c], rows in order. x (N, D) contiguous; sums (D) in the arithmetic type.
void add_column_sums(const at::Tensor& x, at::Tensor& sums);

}  // namespace heed

#pragma once

#include <ATen/core/Tensor.h>

namespace heed {

// The logarithm of the sum of e^x over each row: x (R, V) fp32 -> (R) double. NaN where an x is NaN or +infinity, or
// all are -infinity. On the CPU a row's result does not depend on the other rows.
at::Tensor log_sum_exp(const at::Tensor& x);

}  // namespace heed

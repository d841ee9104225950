#pragma once

#include <ATen/core/Tensor.h>

namespace heed {

// Columns of a block, of whose entries the largest one is told.
constexpr int64_t kLargestOf = 128;

struct LogSumExp {
  at::Tensor sums;     // (R) double: NaN where an x is NaN or +infinity, or all are -infinity
  at::Tensor largest;  // (R, blocks) fp32, the last block may be a shorter one; NaN counts as -infinity. CPU only
};

// The logarithm of the sum of e^x over each row of x (R, V) fp32. On the CPU a row's result does not depend on the
// other rows.
LogSumExp log_sum_exp(const at::Tensor& x);

}  // namespace heed

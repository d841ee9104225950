#pragma once

#include <torch/types.h>

#include <cstdint>

namespace heed {

// A loss is a fraction: sums and the number of tokens travel together, and only whole groups are divided.
struct Loss {
  torch::Tensor sum;          // smoothed cross entropy, double scalar; backward() of it fills the gradients
  double log_likelihood = 0;  // sum of log p(label), unsmoothed
  int64_t num_tokens = 0;
};

// Output projection and smoothed cross entropy in one (kernels/cross_entropy.h): logits of a few hundred rows at a time
// are made, turned into their gradient in place and used up, so that (N, V) is never kept whole.
//   hidden (N, D), weight (V, D), bias (V) or undefined, labels int64 (N)
Loss projected_cross_entropy(const torch::Tensor& hidden, const torch::Tensor& weight, const torch::Tensor& bias,
                             const torch::Tensor& labels, double smoothing);

}  // namespace heed

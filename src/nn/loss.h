#pragma once

#include <torch/types.h>

#include <cstdint>

#include "kernels/cross_entropy.h"

namespace heed {

// A loss is a fraction: sums and the number of tokens travel together, and only whole groups are divided. Reading a
// sum waits for its device.
struct Loss {
  torch::Tensor sum;             // smoothed cross entropy, and what layers add to it, double scalar
  torch::Tensor log_likelihood;  // sum of log p(label), unsmoothed, double scalar
  int64_t num_tokens = 0;

  // Adds the gradient of `sum` to that of every parameter. REQUIRES: made with gradient enabled; once.
  void backward() const;

  // Of `sum`, for backward: of the rows before the projection, and of the projection's own parameters.
  struct Gradients {
    torch::Tensor hidden, weight, bias;
    LabelMixture mixture;
  };
  Gradients values, gradients;  // undefined in evaluation; bias and mixture undefined where there is none
  torch::Tensor penalty;        // what layers add (nn/pass.h), with its graph; undefined: nothing

  void add_penalty(const torch::Tensor& per_token);  // of num_tokens; nothing where it is undefined
  void scale(double factor);                         // sum and gradients
};

// Output projection and smoothed cross entropy in one (kernels/cross_entropy.h): logits of a few hundred rows at a time
// are made, turned into their gradient in place and used up, so that (N, V) is never kept whole.
//   hidden (N, D), weight (V, D), bias (V) or undefined, labels int64 (N), kPaddingLabel for a row that does not count
// The mixture has a graph of its own. Each row's loss counts by its entry of row_weights (N) double, where there are
// some, and any sign; log_likelihood does not go by them.
Loss projected_cross_entropy(const torch::Tensor& hidden, const torch::Tensor& weight, const torch::Tensor& bias,
                             const torch::Tensor& labels, double smoothing, const LabelMixture& mixture = {},
                             const torch::Tensor& row_weights = {});

}  // namespace heed

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

// The labels of rows, and what each counts.
struct LabelTerms {
  torch::Tensor labels;  // int64 (N), kPaddingLabel for a row that does not count
  double smoothing = 0;
  LabelMixture mixture = {};       // with a graph of its own
  torch::Tensor row_weights = {};  // (N) double, of any sign, by which losses count; log_likelihood does not
};

// Output projection and smoothed cross entropy in one (kernels/cross_entropy.h): logits of a few hundred rows at a time
// are made, turned into their gradient in place and used up, so that (N, V) is never kept whole.
//   hidden (N, D), weight (V, D), bias (V) or undefined
Loss projected_cross_entropy(const torch::Tensor& hidden, const torch::Tensor& weight, const torch::Tensor& bias,
                             const LabelTerms& terms);

}  // namespace heed

#pragma once

#include <ATen/core/Tensor.h>

#include <optional>
#include <tuple>

namespace heed {

// Layer normalisation over the last dimension (Ba, Kiros and Hinton 2016). x (N, D) contiguous; gamma, beta (D) in the
// arithmetic type (float for bfloat16 x). Returns y (N, D) and stats (N, 2): mean and 1/std of every row. Without beta
// (undefined) by the root mean square (Zhang and Sennrich 2019): as if the mean were 0.
std::tuple<at::Tensor, at::Tensor> layer_norm(const at::Tensor& x, const at::Tensor& gamma, const at::Tensor& beta,
                                              double epsilon);

// Returns dx (N, D); the gradients of gamma and beta are added to `sums`.
struct LayerNormGradients {
  at::Tensor gamma, beta;  // (D), the latter undefined where there is no beta
};
at::Tensor layer_norm_backward(const at::Tensor& x, const at::Tensor& gamma, const at::Tensor& stats,
                               const at::Tensor& gradient, const LayerNormGradients& sums);

}  // namespace heed

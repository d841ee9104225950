#pragma once

#include <ATen/core/Tensor.h>

#include "kernels/dropout.h"
#include "kernels/plans.h"

namespace heed {

// dropout(f(x)), any shape, contiguous.
at::Tensor activation_dropout(ActivationFunction f, const at::Tensor& x, const Dropout& dropout);

// Gradient with respect to x, given that of the output.
at::Tensor activation_dropout_backward(ActivationFunction f, const at::Tensor& x, const at::Tensor& gradient,
                                       const Dropout& dropout);

// dropout(f(a) * b), (N, F), of x (N, 2 F) contiguous, whose rows are a and b (Dauphin et al. 2017; Shazeer 2020).
at::Tensor gated_activation_dropout(ActivationFunction f, const at::Tensor& x, const Dropout& dropout);

// Gradient with respect to x, given that of the output.
at::Tensor gated_activation_dropout_backward(ActivationFunction f, const at::Tensor& x, const at::Tensor& gradient,
                                             const Dropout& dropout);

}  // namespace heed

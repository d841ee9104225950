#pragma once

#include <torch/types.h>

#include "kernels/activation.h"

namespace heed {

// kernels/activation.h, differentiable: dropout(f(x)), and dropout(f(a) * b) of the halves of x's columns.
torch::Tensor activation(ActivationFunction f, const torch::Tensor& x, const Dropout& dropout);
torch::Tensor gated_activation(ActivationFunction f, const torch::Tensor& x, const Dropout& dropout);

}  // namespace heed

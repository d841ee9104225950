#pragma once

#include <torch/types.h>

#include "kernels/dropout.h"

namespace heed {

// x + dropout(y), all (N, D). He et al. 2016; dropout of each sublayer's output as Vaswani et al. 2017, section 5.4.
torch::Tensor residual(const torch::Tensor& x, const torch::Tensor& y, const Dropout& dropout);

}  // namespace heed

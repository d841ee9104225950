#pragma once

#include <torch/types.h>

#include <cstdint>
#include <vector>

#include "config/model_config.h"
#include "kernels/dropout.h"
#include "nn/linear.h"

namespace heed {

// All steps of a GRU or LSTM from a state of zeros, as one differentiable operation: input_gates (N, gates) of
// time-major rows (nn/time_major.h), counts[t] of them at step t -> the hidden states (N, H). `hidden` makes a state's
// gates, behind `dropout`, which is the same at every step. Step by step (nn/recurrent_cell.h) comes to the same; here
// the weights' gradients are one product over all steps.
torch::Tensor run_cell(CellType type, const torch::Tensor& input_gates, const Linear& hidden,
                       const std::vector<int64_t>& counts, const Dropout& dropout);

}  // namespace heed

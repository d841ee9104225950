#pragma once

#include <torch/types.h>

#include <optional>

#include "nn/attention/rotary.h"

namespace heed {

// What self-attention is told of positions, where rows do not hold them already.
struct AttentionPositions {
  std::optional<Rotation> rotation;  // of queries and keys
  torch::Tensor distance_bias;       // (H, 2 n - 1): added to the scores (kernels/attention_problem.h); undefined: none
};

}  // namespace heed

#pragma once

#include <torch/types.h>

namespace heed {

// What self-attention is told of positions, where rows do not hold them already. Undefined: nothing.
struct AttentionPositions {
  torch::Tensor rows;           // (N) int64, the position of every row: queries and keys are rotated by it (rotary.h)
  torch::Tensor distance_bias;  // (H, 2 n - 1): added to the scores (kernels/attention.h)
};

}  // namespace heed

#pragma once

#include <torch/types.h>

#include "tensor/segments.h"

namespace heed {

// The mean of each sentence's rows: (N, D) -> (B, D). Summed in one fixed order on every device, without atomics.
// REQUIRES: packed segments, no sentence empty.
torch::Tensor sentence_means(const torch::Tensor& rows, const Segments& segments);

}  // namespace heed

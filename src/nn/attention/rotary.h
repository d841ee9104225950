#pragma once

#include <torch/types.h>

#include <cstdint>

namespace heed {

// Rotary position embedding (Su et al. 2021, section 3.2.2): rows (N, heads * head_size) of queries or keys, each
// head's pairs of columns (j, j + head_size / 2) turned by the angle position / 10000^(2j / head_size), so that a
// query's product with a key depends on how far apart they are. `positions` (N) int64. Halves are paired as GPT-NeoX
// and Llama have it; the paper pairs neighbours, which only numbers the columns differently. REQUIRES: head_size is
// even.
torch::Tensor rotate(const torch::Tensor& rows, const torch::Tensor& positions, int64_t head_size);

}  // namespace heed

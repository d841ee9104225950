#pragma once

#include <torch/types.h>

#include <cstdint>

namespace heed {

// By how much the rows at some positions are turned: cosines and sines (N, 1, head_size / 2). Made once for all layers.
struct Rotation {
  torch::Tensor cosine, sine;
};

constexpr double kRotaryBase = 10000;

// Rotary position embedding (Su et al. 2021, section 3.2.2): pair j of a head's columns turns by the angle
// position / kRotaryBase^(2j / head_size). `positions` (N) int64; for rows of `type`. REQUIRES: head_size is even.
Rotation rotation(const torch::Tensor& positions, int64_t head_size, torch::ScalarType type);

// Rows (N, heads * head_size) of queries or keys, turned, so that a query's product with a key depends on how far apart
// they are. Columns j and j + head_size / 2 are a pair, as GPT-NeoX and Llama have it; the paper pairs neighbours,
// which only numbers the columns differently.
torch::Tensor rotate(const torch::Tensor& rows, const Rotation& rotation);

}  // namespace heed

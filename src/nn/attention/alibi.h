#pragma once

#include <torch/types.h>

#include <cstdint>
#include <vector>

namespace heed {

// Attention with linear biases (Press et al. 2022, section 3): head h gives a key at distance d the bias -slope(h) d.
// The slopes fall geometrically from 2^(-8/H) to 2^-8; where H is no power of two, as the paper's code has it: those of
// the power below, then every other one of the power above.
std::vector<double> alibi_slopes(int64_t num_heads);

// The biases as a table (num_heads, 2 n - 1) for n positions (kernels/attention_problem.h), in double.
torch::Tensor alibi_biases(int64_t num_heads, int64_t n);

}  // namespace heed

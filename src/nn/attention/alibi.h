#pragma once

#include <torch/types.h>

#include <cstdint>
#include <vector>

namespace heed {

// Attention with linear biases (Press et al. 2022, section 3): head h gives a key at distance d the bias -slope(h) d.
// The slopes fall geometrically from 2^(-8/H) to 2^-8; where H is no power of two, as the paper's code has it: those of
// the power below, then every other one of the power above.
std::vector<double> alibi_slopes(int64_t num_heads);

// The biases as a table (H, 2 n - 1), n at least `length` (kernels/attention.h), of the type and device of `like`. Made
// once and kept: CUDA graphs may still read those that longer ones have replaced.
class AlibiTable {
 public:
  explicit AlibiTable(int64_t num_heads) : num_heads_(num_heads) {}
  torch::Tensor of(int64_t length, const torch::Tensor& like);

 private:
  int64_t num_heads_;
  std::vector<torch::Tensor> tables_;
};

}  // namespace heed

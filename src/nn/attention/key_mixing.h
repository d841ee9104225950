#pragma once

#include <torch/nn/pimpl.h>
#include <torch/types.h>

#include <cstdint>
#include <vector>

#include "nn/parameter_module.h"
#include "tensor/segments.h"

namespace heed {

// The keys and values of each sentence become `rank` mixtures of them, learned by position, so that attention costs
// what the sentence's length does, not its square (Wang et al. 2020, section 4, with one E for keys and values of all
// heads):
//
//   mixed = E[:, :L] rows        rows (L, W) of a sentence, E (rank, max_positions)
class KeyMixingImpl : public ParameterModule {
 public:
  KeyMixingImpl(int64_t rank, int64_t max_positions);

  // Rows (N, W) of packed sentences -> (B rank, W). DataError for a sentence that is longer than max_positions.
  torch::Tensor forward(const torch::Tensor& rows, const Segments& sentences);
  Segments mixed(const Segments& sentences) const;  // where those of each sentence lie

  // Weights (H, Lq, rank) of a sentence's mixtures, as what its L rows get by them: (H, Lq, L), of any sign.
  std::vector<torch::Tensor> spread(const std::vector<torch::Tensor>& weights, const Segments& sentences) const;

  torch::Tensor weight;  // E
};
TORCH_MODULE(KeyMixing);

}  // namespace heed

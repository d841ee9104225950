#pragma once

#include <torch/nn/pimpl.h>
#include <torch/types.h>

#include <cstdint>

#include "kernels/dropout.h"
#include "nn/parameter_module.h"
#include "tensor/device_batch.h"

namespace heed {

// The rows of a vocabulary, (V, D). One module may serve source, target and output projection alike.
class EmbeddingImpl : public ParameterModule {
 public:
  EmbeddingImpl(int64_t vocabulary_size, int64_t d_model);

  torch::Tensor weight;
};
TORCH_MODULE(Embedding);

// Tokens on their way into a layer: N of them and the table (V, D) of their vectors, wanted as `type`.
struct Tokens {
  torch::Tensor table;
  TokenIds rows;
  torch::ScalarType type;
};

// dropout(table[ids] * scale), (N, D).
torch::Tensor embed(const Tokens& tokens, const Dropout& dropout, double scale = 1);

// dropout(table[ids] * scale + positions[position of each]), (N, D).
torch::Tensor embed(const Tokens& tokens, const torch::Tensor& positions, const Dropout& dropout, double scale);

}  // namespace heed

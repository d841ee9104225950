#pragma once

#include <torch/nn/pimpl.h>
#include <torch/types.h>

#include <cstdint>
#include <vector>

#include "config/model_config.h"
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

// dropout(table[ids]), (N, D).
torch::Tensor embed(const Tokens& tokens, const Dropout& dropout);

// Positions of one side: sinusoids made on demand, or learned rows (a parameter `weight`).
class PositionalEncodingImpl : public ParameterModule {
 public:
  explicit PositionalEncodingImpl(const ModelConfig& config);

  // dropout(table[ids] * sqrt(D) + positions), (N, D), all positions below `length`. Learned: DataError for more than
  // there are.
  torch::Tensor embed(const Tokens& tokens, int64_t length, const Dropout& dropout);

  torch::Tensor weight;  // learned only

 private:
  torch::Tensor rows(int64_t length, const torch::Tensor& like);  // at least `length`, of the type and device of `like`

  int64_t d_model_;
  // Not buffers: recomputed, never saved. The last one serves; CUDA graphs may still read those it has replaced.
  std::vector<torch::Tensor> sinusoids_;
};
TORCH_MODULE(PositionalEncoding);

}  // namespace heed

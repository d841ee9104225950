#pragma once

#include <torch/nn/module.h>
#include <torch/nn/pimpl.h>
#include <torch/types.h>

#include <cstdint>

#include "config/model_config.h"
#include "kernels/dropout.h"
#include "tensor/segments.h"

namespace heed {

// The rows of a vocabulary, (V, D). One module may serve source, target and output projection alike.
class EmbeddingImpl : public torch::nn::Module {
 public:
  EmbeddingImpl(int64_t vocabulary_size, int64_t d_model);

  torch::Tensor weight;
};
TORCH_MODULE(Embedding);

// Positions of one side: sinusoids made on demand, or learned rows (a parameter `weight`).
class PositionalEncodingImpl : public torch::nn::Module {
 public:
  explicit PositionalEncodingImpl(const ModelConfig& config);

  // At least `length` rows, of the type and device of `like`. Learned: DataError where there are fewer.
  torch::Tensor rows(int64_t length, const torch::Tensor& like);

  torch::Tensor weight;  // learned only

 private:
  int64_t d_model_;
  torch::Tensor sinusoids_;  // not a buffer: recomputed, never saved
};
TORCH_MODULE(PositionalEncoding);

// dropout(table[ids] * sqrt(D) + positions): ids (N) and position_ids (N), int64 -> (N, D) of type `dtype`.
torch::Tensor embed_tokens(const torch::Tensor& table, const torch::Tensor& ids, const torch::Tensor& positions,
                           const torch::Tensor& position_ids, const Dropout& dropout, torch::ScalarType dtype);

}  // namespace heed

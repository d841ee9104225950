#pragma once

#include <torch/nn/pimpl.h>
#include <torch/types.h>

#include <cstdint>

#include "config/model_config.h"
#include "nn/attention/attention_options.h"
#include "nn/attention/attention_positions.h"
#include "nn/embedding.h"
#include "nn/parameter_module.h"
#include "nn/position_table.h"

namespace heed {

// How the rows of one side of a Transformer know where they stand (model.positions): by sinusoids or learned rows (a
// parameter `weight`) that are added to the embeddings, by what self-attention is told (with `relative` from a
// parameter `weight` of its heads and buckets), or not at all.
class PositionalEncodingImpl : public ParameterModule {
 public:
  // The side's self-attention.
  PositionalEncodingImpl(const ModelConfig& config, AttentionRole role);

  // dropout(table[ids] * sqrt(D) + positions), (N, D), all positions below `length`. Learned: DataError for more than
  // there are.
  torch::Tensor embed(const Tokens& tokens, int64_t length, const Dropout& dropout);

  // For the self-attention of the same tokens.
  AttentionPositions attention(const Tokens& tokens, int64_t length);

  torch::Tensor weight;  // learned: (max_positions, D); relative: (H, buckets)

 private:
  torch::Tensor distance_bias(const Tokens& tokens, int64_t length);
  torch::Tensor rows(int64_t length, const torch::Tensor& like);  // at least `length`, of the type and device of `like`

  int64_t d_model_, num_heads_, head_size_;
  Positions type_;
  bool causal_;
  PositionTable table_;  // sinusoids, ALiBi's biases, or buckets
};
TORCH_MODULE(PositionalEncoding);

}  // namespace heed

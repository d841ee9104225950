#pragma once

#include <torch/nn/module.h>
#include <torch/nn/pimpl.h>
#include <torch/types.h>

#include "config/model_config.h"
#include "kernels/attention.h"
#include "nn/attention/attention_options.h"
#include "nn/attention/attention_positions.h"
#include "nn/linear.h"
#include "nn/pass.h"
#include "tensor/segments.h"

namespace heed {

// Keys and values of the rows decoded so far. Row r of the batch finds its position t in row key_rows[r][t] of `rows`:
// a beam that is reordered moves indices, never keys.
struct SelfAttentionCache {
  torch::Tensor rows;      // (capacity, 2 key_width)
  torch::Tensor key_rows;  // (R, longest), int32; shared by all layers
  Segments queries;        // one row each
  Segments segments;       // row r's keys: entries r * longest .. + length of key_rows
  int64_t first_row = 0;   // where this step's keys and values go
  QueryPositions positions;
  AttentionPositions encoded;  // the same, of this step's rows, as the model encodes positions

  QueryKeyValue add(const QueryKeyValue& step);  // the step's queries, the keys and values of all steps
};

// Multi-head self-attention (Vaswani et al. 2017, section 3.2.2): output(attention(Q, K, V)), Q K V from one product.
class SelfAttentionImpl : public torch::nn::Module {
 public:
  SelfAttentionImpl(const ModelConfig& config, AttentionRole role);

  // (N, D) -> (N, D)
  torch::Tensor forward(const torch::Tensor& x, const Segments& segments, const AttentionPositions& positions,
                        Pass& pass);

  // One new position for each row of x (R, D); its key and value are written into the cache.
  torch::Tensor step(const torch::Tensor& x, SelfAttentionCache& cache);

  int64_t key_width() const { return options_.key_width(); }

  Linear query_key_value{nullptr}, output{nullptr};

 private:
  QueryKeyValue project(const torch::Tensor& x, const AttentionPositions& positions);

  AttentionOptions options_;
};
TORCH_MODULE(SelfAttention);

}  // namespace heed

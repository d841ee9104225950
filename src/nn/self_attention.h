#pragma once

#include <torch/nn/module.h>
#include <torch/nn/pimpl.h>
#include <torch/types.h>

#include "config/model_config.h"
#include "kernels/attention_problem.h"
#include "nn/attention/adaptive_span.h"
#include "nn/attention/attention_options.h"
#include "nn/attention/attention_positions.h"
#include "nn/attention/key_mixing.h"
#include "nn/attention/score.h"
#include "nn/linear.h"
#include "nn/pass.h"
#include "tensor/segments.h"

namespace heed {

// Keys and values of the rows decoded so far. Row r of the batch finds its position t in row key_rows[r][t] of `rows`:
// a beam that is reordered moves indices, never keys.
struct SelfAttentionCache {
  torch::Tensor rows;       // (capacity, 2 key_width)
  torch::Tensor key_bias;   // (capacity, num_key_heads), made by the first step whose score has one
  torch::Tensor span_bias;  // of an adaptive span, for as many positions as it has had to be
  torch::Tensor key_rows;   // (R, longest), int32; shared by all layers
  Segments queries;         // one row each
  Segments segments;        // row r's keys: entries r * longest .. + length of key_rows
  int64_t first_row = 0;    // where this step's keys and values go, one after another
  torch::Tensor step_rows;  // (R) int64: where each of them goes instead, if defined
  QueryPositions positions;
  AttentionPositions encoded;  // the same, of this step's rows, as the model encodes positions
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
  AttentionScore scoring{nullptr};
  KeyMixing mixing{nullptr};   // of a low_rank reach
  AdaptiveSpan span{nullptr};  // of an adaptive_span reach

 private:
  // The rows of a problem, whose bias by key and mixed segments it fills in.
  QueryKeyValue project(const torch::Tensor& x, const AttentionPositions& positions, AttentionProblem& self);
  void look(const QueryKeyValue& rows, const AttentionProblem& self, const Segments& words, Pass& pass);
  // What an adaptive span adds to the biases by distance, `spanned` being those of the span.
  void bound(AttentionProblem& self, const torch::Tensor& spanned) const;

  AttentionOptions options_;
};
TORCH_MODULE(SelfAttention);

}  // namespace heed

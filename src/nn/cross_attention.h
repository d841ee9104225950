#pragma once

#include <torch/nn/module.h>
#include <torch/nn/pimpl.h>
#include <torch/types.h>

#include "config/model_config.h"
#include "nn/attention/attention_options.h"
#include "nn/attention/key_mixing.h"
#include "nn/attention/predicted_position.h"
#include "nn/attention/score.h"
#include "nn/linear.h"
#include "nn/memory.h"
#include "nn/pass.h"
#include "tensor/segments.h"

namespace heed {

// Rows that attend, sentence by sentence, and where in the target they stand.
struct QueryRows {
  torch::Tensor rows;  // (Nt, D)
  Segments segments;
  QueryPositions positions = {};
};

// What they attend to: keys and values of the sentences of a memory, and what the score adds for each key.
struct ProjectedMemory {
  torch::Tensor key, value;  // (Ns, key_width), of mixtures (B rank, key_width)
  torch::Tensor key_bias;    // (Ns, num_key_heads) or undefined
  Segments segments;         // of the keys
  Segments words;            // of the memory's rows: other ones only where keys are mixtures
};

// Multi-head attention of decoder rows over the memory of their sentence (Vaswani et al. 2017, section 3.2.3).
class CrossAttentionImpl : public torch::nn::Module {
 public:
  explicit CrossAttentionImpl(const ModelConfig& config);

  // Keys and values of a memory: made once a sentence, used by every decoding step.
  ProjectedMemory project(const Memory& memory);
  torch::Tensor forward(const QueryRows& x, const ProjectedMemory& memory, Pass& pass);  // (Nt, D)

  Linear query{nullptr}, key_value{nullptr}, output{nullptr};
  AttentionScore scoring{nullptr};
  KeyMixing mixing{nullptr};             // of a low_rank reach
  PredictedPosition predicted{nullptr};  // of a local_predictive reach

 private:
  AttentionOptions options_;
};
TORCH_MODULE(CrossAttention);

}  // namespace heed

#pragma once

#include <torch/nn/module.h>
#include <torch/nn/pimpl.h>
#include <torch/types.h>

#include "config/model_config.h"
#include "nn/attention/attention_options.h"
#include "nn/linear.h"
#include "nn/pass.h"
#include "tensor/segments.h"

namespace heed {

// Rows that attend, sentence by sentence, and where in the target they stand.
struct QueryRows {
  torch::Tensor rows;  // (Nt, D)
  Segments segments;
  QueryPositions positions = {};
};

// What they attend to: keys and values (Ns, 2 key_width) of the sentences of a memory.
struct ProjectedMemory {
  torch::Tensor key_value;
  Segments segments;
};

// Multi-head attention of decoder rows over the memory of their sentence (Vaswani et al. 2017, section 3.2.3).
class CrossAttentionImpl : public torch::nn::Module {
 public:
  explicit CrossAttentionImpl(const ModelConfig& config);

  // Keys and values of a memory (Ns, D): made once a sentence, used by every decoding step.
  ProjectedMemory project(const torch::Tensor& memory, const Segments& source) { return {key_value(memory), source}; }
  torch::Tensor forward(const QueryRows& x, const ProjectedMemory& memory, Pass& pass);  // (Nt, D)

  Linear query{nullptr}, key_value{nullptr}, output{nullptr};

 private:
  AttentionOptions options_;
};
TORCH_MODULE(CrossAttention);

}  // namespace heed

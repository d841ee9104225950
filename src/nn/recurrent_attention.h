#pragma once

#include <torch/nn/pimpl.h>
#include <torch/types.h>

#include "config/model_config.h"
#include "nn/attention/predicted_position.h"
#include "nn/attention/row_attention.h"
#include "nn/attention/score.h"
#include "nn/linear.h"
#include "nn/memory.h"

namespace heed {

// The rows of one step of a recurrent decoder, and what they may look at.
struct StepRows {
  torch::Tensor states;  // (R, D)
  Segments memory;       // one segment of key rows for each
  int64_t position = 0;  // of the word that the step decodes
  Dropout dropout = {};  // of the weights
  bool wants_weights = true;
};

// What they saw: output (R, D) and weights (R, H, columns), at least as many as the longest segment, 0 beyond a row's
// own; without a gradient. Undefined where nobody wants them and they would have to be made for that.
struct StepAttention {
  torch::Tensor output, weights;
};

// Attention of a recurrent decoder's state over the memory: nn/attention/score.h of states and memory as they are, but
// for additive scores, whose queries and keys are projected first. In heads, each looks at its columns.
class RecurrentAttentionImpl : public AttentionScoreImpl {
 public:
  explicit RecurrentAttentionImpl(const ModelConfig& config);

  AttendedMemory attended(const Memory& memory);  // the keys of a whole batch, once
  StepAttention forward(const StepRows& rows, const AttendedMemory& memory);

  // Of whole sentences, whose states (Nt, D) lie packed: per sentence (H, Lt, Ls), with their gradient.
  std::vector<torch::Tensor> weights(const torch::Tensor& states, const Segments& target, const Memory& memory);

  double dropout_rate() const { return options_.dropout; }

  Linear query{nullptr}, key{nullptr};
  PredictedPosition predicted{nullptr};  // of a local_predictive reach

 private:
  torch::Tensor queries_of(const torch::Tensor& states);
  ScoredKeys keys_of(const Memory& memory);
  AttentionProblem problem(const torch::Tensor& states, const Segments& queries, const Segments& keys);

  AttentionOptions options_;
  bool by_rows_;  // by kernels of one query a sentence
};
TORCH_MODULE(RecurrentAttention);

}  // namespace heed

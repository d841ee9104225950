#pragma once

#include <torch/nn/pimpl.h>
#include <torch/types.h>

#include <cstdint>

#include "config/model_config.h"
#include "nn/embedding.h"
#include "nn/loss.h"
#include "nn/parameter_module.h"

namespace heed {

// What rows say of the next token, in fp32 at least whatever the model computes in: log p(v) = logits[v] - log_sum_exp.
// A row of (R, V) is as wide as the vocabulary and is never turned into probabilities as a whole.
struct TokenScores {
  torch::Tensor logits;       // (R, V) float
  torch::Tensor log_sum_exp;  // (R) double
  torch::Tensor largest;      // as LogSumExp's (kernels/log_sum_exp.h), or undefined

  torch::Tensor log_probs_of(const torch::Tensor& tokens) const;  // (R) int64 -> (R) double
};

// Turns rows of the decoder (N, D) into what they say of the next token: hidden W^T + bias.
class OutputLayerImpl : public ParameterModule {
 public:
  // `embedding`: the target's, whose weight is this layer's too where model.tie_embeddings says so.
  OutputLayerImpl(const ModelConfig& config, const Embedding& embedding);

  torch::Tensor logits(const torch::Tensor& hidden) const;     // (N, V), of the type of `hidden`
  torch::Tensor log_probs(const torch::Tensor& hidden) const;  // (N, V) float, double for double rows
  TokenScores scores(const torch::Tensor& hidden) const;
  // labels int64 (N), kPaddingLabel for a row that does not count
  Loss loss(const torch::Tensor& hidden, const torch::Tensor& labels, double smoothing) const;

  torch::Tensor weight, bias;  // (V, D), (V) or undefined; parameters of this layer unless tied
};
TORCH_MODULE(OutputLayer);

}  // namespace heed

#pragma once

#include <torch/nn/pimpl.h>
#include <torch/types.h>

#include <cstdint>
#include <functional>

#include "config/model_config.h"
#include "nn/copy_layer.h"
#include "nn/embedding.h"
#include "nn/loss.h"
#include "nn/parameter_module.h"
#include "nn/pass.h"

namespace heed {

// What rows say of the next token, in fp32 at least whatever the model computes in: log p(v) = logits[v] - log_sum_exp.
// A row of (R, V) is as wide as the vocabulary and is never turned into probabilities as a whole.
struct TokenScores {
  torch::Tensor logits;       // (R, V) float
  torch::Tensor log_sum_exp;  // (R) double
  torch::Tensor largest;      // as LogSumExp's (kernels/log_sum_exp.h), or undefined

  static TokenScores of(const torch::Tensor& logits);

  torch::Tensor log_probs_of(const torch::Tensor& tokens) const;  // (R) int64 -> (R) double
};

torch::Tensor log_probs(const torch::Tensor& logits);  // (R, V) float, double for doubles

// The decoder's rows of whole target sentences, and what their sources are.
struct DecodedSentences {
  const torch::Tensor& hidden;  // (Nt, D)
  const Segments& segments;
  const Memory& memory;
};

using RowWeigher = std::function<torch::Tensor(const torch::Tensor& log_probs)>;  // (Nt) double -> (Nt) double

// Turns rows of the decoder into what they say of the next token: hidden W^T + bias, and with model.copy what they
// would copy (nn/copy_layer.h; step by step: model/copy_state.h).
class OutputLayerImpl : public ParameterModule {
 public:
  // `embedding`: the target's, whose weight is this layer's too where model.tie_embeddings says so.
  OutputLayerImpl(const ModelConfig& config, const Embedding& embedding);

  torch::Tensor logits(const torch::Tensor& hidden) const;  // (N, D) -> (N, V), of the vocabulary, of the rows' type
  // labels int64 (Nt), kPaddingLabel for a row that does not count
  Loss loss(const DecodedSentences& rows, const torch::Tensor& labels, double smoothing, Pass& pass);
  // Of -log p(label) by weights of the rows that `weigh` gives when it is told the label_log_probs.
  Loss weighted_loss(const DecodedSentences& rows, const torch::Tensor& labels, const RowWeigher& weigh, Pass& pass);
  torch::Tensor label_log_probs(const DecodedSentences& rows, const torch::Tensor& labels);  // (Nt) double

  torch::Tensor weight, bias;  // (V, D), (V) or undefined; parameters of this layer unless tied
  CopyLayer copy{nullptr};

 private:
  // What the vocabulary is asked with, and what is mixed into its answer.
  struct Asked {
    torch::Tensor rows;
    LabelMixture mixture;
  };
  Asked asked(const DecodedSentences& rows, const torch::Tensor& labels, Pass& pass);
  torch::Tensor log_probs_of(const Asked& all, const torch::Tensor& labels) const;
};
TORCH_MODULE(OutputLayer);

}  // namespace heed

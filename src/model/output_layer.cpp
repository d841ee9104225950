#include "model/output_layer.h"

#include <ATen/ops/empty.h>
#include <ATen/ops/gather.h>
#include <ATen/ops/log_softmax.h>

#include "kernels/log_sum_exp.h"
#include "nn/linear.h"
#include "tensor/arithmetic_type.h"

namespace heed {

torch::Tensor TokenScores::log_probs_of(const torch::Tensor& tokens) const {
  return logits.gather(1, tokens.unsqueeze(1)).squeeze(1).to(torch::kDouble) - log_sum_exp;
}

OutputLayerImpl::OutputLayerImpl(const ModelConfig& config, const Embedding& embedding) : weight(embedding->weight) {
  const int64_t in = config.d_model, out = weight.size(0);
  if (config.tie_embeddings == TieEmbeddings::kNone)
    weight = register_parameter("weight", at::empty({out, in}), InitialValues::linear_weight(in, out));
  if (config.output_bias) bias = register_parameter("bias", at::empty({out}), InitialValues::linear_bias(in));
}

torch::Tensor OutputLayerImpl::logits(const torch::Tensor& hidden) const { return linear(hidden, weight, bias); }

torch::Tensor OutputLayerImpl::log_probs(const torch::Tensor& hidden) const {
  return at::log_softmax(logits(hidden), -1, arithmetic_type(hidden.scalar_type()));
}

TokenScores OutputLayerImpl::scores(const torch::Tensor& hidden) const {
  const torch::Tensor all = logits(hidden).to(torch::kFloat);
  const LogSumExp of_rows = log_sum_exp(all);
  return {all, of_rows.sums, of_rows.largest};
}

Loss OutputLayerImpl::loss(const torch::Tensor& hidden, const torch::Tensor& labels, double smoothing) const {
  return projected_cross_entropy(hidden, weight, bias, labels, smoothing);
}

}  // namespace heed

#include "model/output_layer.h"

#include <ATen/ops/cat.h>
#include <ATen/ops/empty.h>
#include <ATen/ops/gather.h>
#include <ATen/ops/log_softmax.h>
#include <ATen/ops/logaddexp.h>

#include <algorithm>
#include <limits>
#include <vector>

#include "kernels/log_sum_exp.h"
#include "nn/linear.h"
#include "tensor/arithmetic_type.h"

namespace heed {

TokenScores TokenScores::of(const torch::Tensor& logits) {
  const torch::Tensor all = logits.to(torch::kFloat);
  const LogSumExp of_rows = heed::log_sum_exp(all);
  return {all, of_rows.sums, of_rows.largest};
}

torch::Tensor TokenScores::log_probs_of(const torch::Tensor& tokens) const {
  return logits.gather(1, tokens.unsqueeze(1)).squeeze(1).to(torch::kDouble) - log_sum_exp;
}

torch::Tensor log_probs(const torch::Tensor& logits) {
  return at::log_softmax(logits, -1, arithmetic_type(logits.scalar_type()));
}

OutputLayerImpl::OutputLayerImpl(const ModelConfig& config, const Embedding& embedding) : weight(embedding->weight) {
  const int64_t in = config.d_model, out = weight.size(0);
  if (config.tie_embeddings == TieEmbeddings::kNone)
    weight = register_parameter("weight", at::empty({out, in}), InitialValues::linear_weight(in, out));
  if (config.output_bias) bias = register_parameter("bias", at::empty({out}), InitialValues::linear_bias(in));
  if (config.copy) copy = register_module("copy", CopyLayer(config));
}

torch::Tensor OutputLayerImpl::logits(const torch::Tensor& hidden) const { return linear(hidden, weight, bias); }

OutputLayerImpl::Asked OutputLayerImpl::asked(const DecodedSentences& rows, const torch::Tensor& labels, Pass& pass) {
  if (!copy) return {rows.hidden, {}};
  const Memory& memory = rows.memory;
  const Copying copying = copy(CopyRows{rows.hidden, rows.segments, memory.segments}, memory, copy->keys(memory));
  if (copy->covers()) pass.add_penalty([&] { return copy->coverage_penalty(copying); });
  return {copying.rows, copy->mixture(copying, rows.segments, memory, labels)};
}

Loss OutputLayerImpl::loss(const DecodedSentences& rows, const torch::Tensor& labels, double smoothing, Pass& pass) {
  const Asked all = asked(rows, labels, pass);
  return projected_cross_entropy(all.rows, weight, bias, {labels, smoothing, all.mixture});
}

Loss OutputLayerImpl::weighted_loss(const DecodedSentences& rows, const torch::Tensor& labels, const RowWeigher& weigh,
                                    Pass& pass) {
  const Asked all = asked(rows, labels, pass);
  torch::Tensor weights;
  {
    const torch::NoGradGuard no_grad;
    weights = weigh(log_probs_of(all, labels));
  }
  return projected_cross_entropy(all.rows, weight, bias, {labels, 0, all.mixture, weights});
}

torch::Tensor OutputLayerImpl::label_log_probs(const DecodedSentences& rows, const torch::Tensor& labels) {
  Pass none;
  return log_probs_of(asked(rows, labels, none), labels);
}

torch::Tensor OutputLayerImpl::log_probs_of(const Asked& all, const torch::Tensor& labels) const {
  constexpr int64_t kRows = 1024;  // whose scores, each as wide as the vocabulary, are in memory at a time
  const torch::Tensor outside = labels >= weight.size(0);  // what copying alone can write
  const torch::Tensor known = labels.masked_fill(outside, 0);
  std::vector<torch::Tensor> parts;
  for (int64_t begin = 0; begin < all.rows.size(0); begin += kRows) {
    const int64_t count = std::min(kRows, all.rows.size(0) - begin);
    parts.push_back(
        TokenScores::of(logits(all.rows.narrow(0, begin, count))).log_probs_of(known.narrow(0, begin, count)));
  }
  torch::Tensor log_probs = at::cat(parts);
  if (!copy) return log_probs;
  const torch::Tensor by_vocabulary = log_probs.masked_fill(outside, -std::numeric_limits<double>::infinity());
  return at::logaddexp(by_vocabulary + all.mixture.log_share, all.mixture.log_other);
}

}  // namespace heed

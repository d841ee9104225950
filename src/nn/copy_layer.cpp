#include "nn/copy_layer.h"

#include <ATen/ops/cat.h>
#include <ATen/ops/cumsum.h>
#include <ATen/ops/empty.h>
#include <ATen/ops/log.h>
#include <ATen/ops/log_sigmoid.h>
#include <ATen/ops/minimum.h>
#include <ATen/ops/stack.h>
#include <ATen/ops/zeros.h>

#include <limits>

#include "nn/attention/projections.h"
#include "nn/attention/reference.h"

namespace heed {
namespace {

torch::Tensor rows_of(const torch::Tensor& all, const Segments& segments, int64_t sentence) {
  const auto b = static_cast<size_t>(sentence);
  return all.narrow(0, segments.starts()[b], segments.lengths()[b]);
}

// log of a probability, -infinity without a gradient where it is 0.
torch::Tensor log_of(const torch::Tensor& probability) {
  return at::log(probability.clamp_min(std::numeric_limits<float>::min()))
      .masked_fill(probability == 0, -std::numeric_limits<double>::infinity());
}

// The sum of min(a_i, c_i) over the rows of a sentence, c being the sum of the rows above.
torch::Tensor looked_at_again(const torch::Tensor& weights) {
  return at::minimum(weights, at::cumsum(weights, 0) - weights).sum();
}

}  // namespace

CopyLayerImpl::CopyLayerImpl(const ModelConfig& config) : coverage_loss_(config.coverage_loss) {
  query = register_module("query", attention_input(config.d_model, config.d_model));
  key = register_module("key", attention_input(config.d_model, config.d_model));
  gate = register_module("gate", Linear(2 * config.d_model, 1));
  output = register_module("output", Linear(2 * config.d_model, config.d_model));
  if (config.coverage)
    coverage = register_parameter("coverage", at::empty({config.d_model}), InitialValues::constant(0));
}

Copying CopyLayerImpl::forward(const CopyRows& rows, const Memory& memory, const torch::Tensor& keys) {
  const torch::Tensor queries = query(rows.hidden);
  AttentionProblem problem;
  problem.queries = rows.rows;
  problem.keys = rows.memory;
  problem.covered = rows.covered;
  if (covers()) problem.coverage_slope = (queries * coverage).sum(1) * problem.scale_of(keys.size(1));  // row by row
  const AttentionOutput seen = reference_attention({queries, keys, memory.hidden}, problem);
  const torch::Tensor both = at::cat({rows.hidden, seen.output}, 1);
  const torch::Tensor trust = gate(both).squeeze(1).to(torch::kDouble);
  Copying copying{at::log_sigmoid(-trust), at::log_sigmoid(trust), output(both), {}};
  for (const torch::Tensor& one_head : seen.weights) copying.weights.push_back(one_head.squeeze(0));
  return copying;
}

LabelMixture CopyLayerImpl::mixture(const Copying& copying, const Segments& target, const Memory& memory,
                                    const torch::Tensor& labels) const {
  std::vector<torch::Tensor> of_labels;
  for (int64_t b = 0; b < target.size(); ++b) {
    const torch::Tensor reads =
        rows_of(labels, target, b).unsqueeze(1) == rows_of(memory.tokens, memory.segments, b).unsqueeze(0);
    of_labels.push_back((copying.weights[static_cast<size_t>(b)] * reads).sum(1));
  }
  return {copying.log_share, copying.log_gate + log_of(at::cat(of_labels).to(torch::kDouble))};
}

torch::Tensor CopyLayerImpl::coverage_penalty(const Copying& copying) const {
  std::vector<torch::Tensor> sums;
  for (const torch::Tensor& weights : copying.weights) sums.push_back(looked_at_again(weights));
  return at::stack(sums).sum() * (coverage_loss_ / static_cast<double>(copying.rows.size(0)));
}

}  // namespace heed

#include "nn/recurrent_attention.h"

#include <ATen/ops/constant_pad_nd.h>
#include <ATen/ops/stack.h>

#include "nn/attention/attend.h"
#include "nn/attention/reference.h"

namespace heed {
namespace {

// (H, 1, L) of each row as one (R, H, columns).
torch::Tensor padded(const std::vector<torch::Tensor>& weights, int64_t columns) {
  std::vector<torch::Tensor> rows;
  for (const torch::Tensor& one : weights)
    rows.push_back(at::constant_pad_nd(one.detach().squeeze(1), {0, columns - one.size(2)}));
  return at::stack(rows);
}

}  // namespace

RecurrentAttentionImpl::RecurrentAttentionImpl(const ModelConfig& config)
    : AttentionScoreImpl({config, AttentionRole::kCross}),
      options_(config, AttentionRole::kCross),
      by_rows_(options_.fits_row_kernels()) {
  if (options_.score == ScoreType::kAdditive) {
    query = register_module("query", Linear(config.d_model, config.d_model));
    key = register_module("key", Linear(config.d_model, config.d_model));
  }
  if (options_.section.reach == ReachType::kLocalPredictive)
    predicted = register_module("predicted", PredictedPosition(options_));
}

torch::Tensor RecurrentAttentionImpl::queries_of(const torch::Tensor& states) {
  return of_queries(query ? query(states) : states);
}

ScoredKeys RecurrentAttentionImpl::keys_of(const Memory& memory) {
  return of_keys(key ? key(memory.hidden) : memory.hidden);
}

AttendedMemory RecurrentAttentionImpl::attended(const Memory& memory) {
  const ScoredKeys keys = keys_of(memory);
  const torch::Tensor& values = memory.values.defined() ? memory.values : memory.hidden;
  if (by_rows_) return AttendedMemory(keys.rows, values);
  return AttendedMemory::whole({keys.rows, values, keys.bias});
}

AttentionProblem RecurrentAttentionImpl::problem(const torch::Tensor& states, const Segments& queries,
                                                 const Segments& keys) {
  AttentionProblem problem = options_.problem(queries, keys);
  complete(problem);
  if (predicted) problem.centres = predicted(states, queries, keys);
  return problem;
}

std::vector<torch::Tensor> RecurrentAttentionImpl::weights(const torch::Tensor& states, const Segments& target,
                                                           const Memory& memory) {
  AttentionProblem asked = problem(states, target, memory.segments);
  const ScoredKeys keys = keys_of(memory);
  asked.key_bias = keys.bias;
  const torch::Tensor queries = queries_of(states);
  return reference_attention({queries, keys.rows, memory.hidden}, asked).weights;
}

StepAttention RecurrentAttentionImpl::forward(const StepRows& rows, const AttendedMemory& memory) {
  const torch::Tensor queries = queries_of(rows.states);
  if (by_rows_) {
    const bool scaled = options_.score == ScoreType::kScaledDot;
    const double scale = scaled ? AttentionProblem{}.scale_of(options_.head_size()) : 1;
    const RowAttention seen = memory.attend(scaled ? queries * scale : queries, rows.memory, score);
    return {seen.output, seen.weights.unsqueeze(1)};
  }
  const auto one_each = std::vector<int32_t>(static_cast<size_t>(rows.memory.size()), 1);
  AttentionProblem asked = problem(rows.states, Segments::packed(one_each), rows.memory);
  asked.positions = {.first = rows.position, .step = 0};
  asked.key_bias = memory.key_bias();
  const QueryKeyValue x{queries, memory.keys(), memory.values()};
  StepAttention result;
  if (rows.wants_weights) {
    const torch::NoGradGuard no_grad;
    result.weights = padded(reference_attention(x, asked).weights, rows.memory.max_length());
  }
  asked.dropout = rows.dropout;
  result.output = attend(x, asked);
  return result;
}

}  // namespace heed

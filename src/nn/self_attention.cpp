#include "nn/self_attention.h"

#include "nn/attention/attend.h"
#include "nn/attention/reference.h"
#include "nn/columns.h"

namespace heed {

SelfAttentionImpl::SelfAttentionImpl(const ModelConfig& config, bool causal)
    : query_key_value(register_module("query_key_value", Linear(config.d_model, 3 * config.d_model))),
      output(register_module("output", Linear(config.d_model, config.d_model))),
      num_heads_(config.num_heads),
      dropout_(config.attention_dropout),
      reach_(causal ? kCausal : kGlobal) {}

QueryKeyValue SelfAttentionImpl::project(const torch::Tensor& x) {
  const int64_t width = x.size(1);
  const auto parts = split_columns(query_key_value(x), {width, width, width});
  return {parts[0], parts[1], parts[2]};
}

QueryKeyValue SelfAttentionCache::add(const QueryKeyValue& step) {
  const int64_t width = step.key.size(1);
  const torch::Tensor keys = rows.narrow(1, 0, width), values = rows.narrow(1, width, width);
  keys.narrow(0, first_row, step.key.size(0)).copy_(step.key);
  values.narrow(0, first_row, step.value.size(0)).copy_(step.value);
  return {step.query, keys, values};
}

torch::Tensor SelfAttentionImpl::forward(const torch::Tensor& x, const Segments& segments, Pass& pass) {
  const QueryKeyValue rows = project(x);
  const AttentionProblem problem{.queries = segments,
                                 .keys = segments,
                                 .num_heads = num_heads_,
                                 .reach = reach_,
                                 .dropout = pass.dropout(dropout_)};
  const AttentionRole role = reach_ == kCausal ? AttentionRole::kDecoderSelf : AttentionRole::kEncoderSelf;
  if (pass.wants_attention(role)) pass.add_attention(role, reference_attention(rows, problem).weights);
  return output(attend(rows, problem));
}

torch::Tensor SelfAttentionImpl::step(const torch::Tensor& x, SelfAttentionCache& cache) {
  const QueryKeyValue rows = project(x);
  const QueryKeyValue all = cache.add(rows);
  return output(attend(all, {.queries = cache.queries,
                             .keys = cache.segments,
                             .num_heads = num_heads_,
                             .reach = reach_,
                             .key_rows = cache.key_rows,
                             .positions = cache.positions}));
}

}  // namespace heed

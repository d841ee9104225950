#include "nn/self_attention.h"

#include "nn/attention/attend.h"
#include "nn/attention/reference.h"
#include "nn/columns.h"

namespace heed {

SelfAttentionImpl::SelfAttentionImpl(const ModelConfig& config, AttentionRole role)
    : options_(config, role), alibi_(options_.num_heads) {
  query_key_value =
      register_module("query_key_value", Linear(config.d_model, config.d_model + 2 * options_.key_width()));
  output = register_module("output", Linear(config.d_model, config.d_model));
}

QueryKeyValue SelfAttentionImpl::project(const torch::Tensor& x) {
  const auto parts = split_columns(query_key_value(x), {x.size(1), options_.key_width(), options_.key_width()});
  return {parts[0], parts[1], parts[2]};
}

AttentionProblem SelfAttentionImpl::problem(const Segments& queries, const Segments& keys, const torch::Tensor& like) {
  AttentionProblem problem = options_.problem(queries, keys);
  if (options_.alibi) problem.distance_bias = alibi_.of(keys.max_length(), like);
  return problem;
}

torch::Tensor SelfAttentionImpl::forward(const torch::Tensor& x, const Segments& segments, Pass& pass) {
  const QueryKeyValue rows = project(x);
  AttentionProblem self = problem(segments, segments, x);
  if (pass.wants_attention(options_.role)) pass.add_attention(options_.role, reference_attention(rows, self).weights);
  self.dropout = pass.dropout(options_.dropout);
  return output(attend(rows, self));
}

torch::Tensor SelfAttentionImpl::step(const torch::Tensor& x, SelfAttentionCache& cache) {
  const QueryKeyValue rows = cache.add(project(x));
  AttentionProblem self = problem(cache.queries, cache.segments, x);
  self.key_rows = cache.key_rows;
  self.positions = cache.positions;
  return output(attend(rows, self));
}

QueryKeyValue SelfAttentionCache::add(const QueryKeyValue& step) {
  const int64_t width = step.key.size(1);
  const torch::Tensor keys = rows.narrow(1, 0, width), values = rows.narrow(1, width, width);
  keys.narrow(0, first_row, step.key.size(0)).copy_(step.key);
  values.narrow(0, first_row, step.value.size(0)).copy_(step.value);
  return {step.query, keys, values};
}

}  // namespace heed

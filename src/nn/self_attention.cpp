#include "nn/self_attention.h"

#include <ATen/ops/cat.h>

#include "nn/attention/attend.h"
#include "nn/attention/projections.h"
#include "nn/attention/reference.h"
#include "nn/columns.h"

namespace heed {

SelfAttentionImpl::SelfAttentionImpl(const ModelConfig& config, AttentionRole role) : options_(config, role) {
  query_key_value =
      register_module("query_key_value", attention_input(config.d_model, config.d_model + 2 * options_.key_width()));
  output = register_module("output", attention_output(config.d_model));
}

QueryKeyValue SelfAttentionImpl::project(const torch::Tensor& x, const AttentionPositions& positions) {
  const auto parts = split_columns(query_key_value(x), {x.size(1), options_.key_width(), options_.key_width()});
  if (!positions.rotation) return {parts[0], parts[1], parts[2]};
  return {rotate(parts[0], *positions.rotation), rotate(parts[1], *positions.rotation), parts[2]};
}

torch::Tensor SelfAttentionImpl::forward(const torch::Tensor& x, const Segments& segments,
                                         const AttentionPositions& positions, Pass& pass) {
  const QueryKeyValue rows = project(x, positions);
  AttentionProblem self = options_.problem(segments, segments);
  self.distance_bias = positions.distance_bias;
  if (pass.wants_attention(options_.role)) pass.add_attention(options_.role, reference_attention(rows, self).weights);
  self.dropout = pass.dropout(options_.dropout);
  return output(attend(rows, self));
}

torch::Tensor SelfAttentionImpl::step(const torch::Tensor& x, SelfAttentionCache& cache) {
  const QueryKeyValue rows = cache.add(project(x, cache.encoded));
  AttentionProblem self = options_.problem(cache.queries, cache.segments);
  self.key_rows = cache.key_rows;
  self.positions = cache.positions;
  self.distance_bias = cache.encoded.distance_bias;
  return output(attend(rows, self));
}

QueryKeyValue SelfAttentionCache::add(const QueryKeyValue& step) {
  const int64_t width = step.key.size(1);
  torch::Tensor place = rows.narrow(0, first_row, step.key.size(0));
  at::cat_out(place, {step.key, step.value}, 1);
  return {step.query, rows.narrow(1, 0, width), rows.narrow(1, width, width)};
}

}  // namespace heed

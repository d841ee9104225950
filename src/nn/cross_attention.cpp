#include "nn/cross_attention.h"

#include "nn/attention/attend.h"
#include "nn/attention/projections.h"
#include "nn/attention/reference.h"
#include "nn/columns.h"

namespace heed {

CrossAttentionImpl::CrossAttentionImpl(const ModelConfig& config) : options_(config, AttentionRole::kCross) {
  query = register_module("query", attention_input(config.d_model, config.d_model));
  key_value = register_module("key_value", attention_input(config.d_model, 2 * options_.key_width()));
  output = register_module("output", attention_output(config.d_model));
}

torch::Tensor CrossAttentionImpl::forward(const QueryRows& x, const ProjectedMemory& memory, Pass& pass) {
  const auto parts = split_columns(memory.key_value, {options_.key_width(), options_.key_width()});
  const QueryKeyValue rows{query(x.rows), parts[0], parts[1]};
  AttentionProblem cross = options_.problem(x.segments, memory.segments);
  cross.positions = x.positions;
  if (pass.wants_attention(AttentionRole::kCross))
    pass.add_attention(AttentionRole::kCross, reference_attention(rows, cross).weights);
  cross.dropout = pass.dropout(options_.dropout);
  return output(attend(rows, cross));
}

}  // namespace heed

#include "nn/cross_attention.h"

#include "nn/attention/attend.h"
#include "nn/attention/reference.h"
#include "nn/columns.h"

namespace heed {

CrossAttentionImpl::CrossAttentionImpl(const ModelConfig& config)
    : query(register_module("query", Linear(config.d_model, config.d_model))),
      key_value(register_module("key_value", Linear(config.d_model, 2 * config.d_model))),
      output(register_module("output", Linear(config.d_model, config.d_model))),
      num_heads_(config.num_heads),
      dropout_(config.attention_dropout) {}

torch::Tensor CrossAttentionImpl::forward(const torch::Tensor& x, const Segments& target, const torch::Tensor& memory,
                                          const Segments& source, Pass& pass) {
  return attend(x, target, project(memory), source, pass);
}

torch::Tensor CrossAttentionImpl::attend(const torch::Tensor& x, const Segments& target,
                                         const torch::Tensor& memory_key_value, const Segments& source, Pass& pass) {
  const auto parts = split_columns(memory_key_value, {x.size(1), x.size(1)});
  const QueryKeyValue rows{query(x), parts[0], parts[1]};
  const AttentionProblem problem{
      .queries = target, .keys = source, .num_heads = num_heads_, .reach = kGlobal, .dropout = pass.dropout(dropout_)};
  if (pass.wants_attention(AttentionRole::kCross))
    pass.add_attention(AttentionRole::kCross, reference_attention(rows, problem).weights);
  return output(heed::attend(rows, problem));
}

}  // namespace heed

#include "nn/cross_attention.h"

#include "nn/attention/attention.h"
#include "nn/attention/projections.h"
#include "nn/attention/reference.h"

namespace heed {

CrossAttentionImpl::CrossAttentionImpl(const ModelConfig& config)
    : query(register_module("query", attention_input(config.d_model, config.d_model))),
      key_value(register_module("key_value", attention_input(config.d_model, 2 * config.d_model))),
      output(register_module("output", attention_output(config.d_model))),
      num_heads_(config.num_heads),
      dropout_(config.attention_dropout) {}

torch::Tensor CrossAttentionImpl::forward(const torch::Tensor& x, const Segments& target, const torch::Tensor& memory,
                                          const Segments& source, Pass& pass) {
  return attend(x, target, project(memory), source, pass);
}

torch::Tensor CrossAttentionImpl::attend(const torch::Tensor& x, const Segments& target,
                                         const torch::Tensor& memory_key_value, const Segments& source, Pass& pass) {
  const torch::Tensor queries = query(x);
  const PackedAttention options{target, source, num_heads_, false, pass.dropout(dropout_), {}};
  if (pass.wants_attention(AttentionRole::kCross)) {
    const auto parts = memory_key_value.chunk(2, 1);
    pass.add_attention(AttentionRole::kCross, reference_attention({queries, parts[0], parts[1]}, options).weights);
  }
  return output(cross_attention(queries, memory_key_value, options));
}

}  // namespace heed

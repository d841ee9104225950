#include "nn/cross_attention.h"

#include "nn/attention/attention.h"

namespace heed {

CrossAttentionImpl::CrossAttentionImpl(const ModelConfig& config)
    : query(register_module("query", Linear(config.d_model, config.d_model))),
      key_value(register_module("key_value", Linear(config.d_model, 2 * config.d_model))),
      output(register_module("output", Linear(config.d_model, config.d_model))),
      num_heads_(config.num_heads),
      dropout_(config.attention_dropout) {}

torch::Tensor CrossAttentionImpl::forward(const torch::Tensor& x, const Segments& target, const torch::Tensor& memory,
                                          const Segments& source, DropoutKeys& keys) {
  return attend(x, target, project(memory), source, keys);
}

torch::Tensor CrossAttentionImpl::attend(const torch::Tensor& x, const Segments& target,
                                         const torch::Tensor& memory_key_value, const Segments& source,
                                         DropoutKeys& keys) {
  return output(cross_attention(query(x), memory_key_value, target, source, {num_heads_, false, keys.next(dropout_)}));
}

}  // namespace heed

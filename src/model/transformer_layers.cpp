#include "model/transformer_layers.h"

namespace heed {

TransformerEncoderLayerImpl::TransformerEncoderLayerImpl(const ModelConfig& config)
    : self_attention_norm(register_module("self_attention_norm", Norm(config.d_model, config.norm_type))),
      feed_forward_norm(register_module("feed_forward_norm", Norm(config.d_model, config.norm_type))),
      self_attention(register_module("self_attention", SelfAttention(config, AttentionRole::kEncoderSelf))),
      feed_forward(register_module("feed_forward", FeedForward(config))),
      residual_(config) {}

torch::Tensor TransformerEncoderLayerImpl::forward(torch::Tensor x, const Segments& source,
                                                   const AttentionPositions& positions, Pass& pass) {
  x = residual_(x, self_attention_norm, pass,
                [&](const auto& h) { return self_attention(h, source, positions, pass); });
  x = residual_(x, feed_forward_norm, pass, [&](const auto& h) { return feed_forward(h, pass); });
  return x;
}

TransformerDecoderLayerImpl::TransformerDecoderLayerImpl(const ModelConfig& config)
    : self_attention_norm(register_module("self_attention_norm", Norm(config.d_model, config.norm_type))),
      cross_attention_norm(register_module("cross_attention_norm", Norm(config.d_model, config.norm_type))),
      feed_forward_norm(register_module("feed_forward_norm", Norm(config.d_model, config.norm_type))),
      self_attention(register_module("self_attention", SelfAttention(config, AttentionRole::kDecoderSelf))),
      cross_attention(register_module("cross_attention", CrossAttention(config))),
      feed_forward(register_module("feed_forward", FeedForward(config))),
      residual_(config) {}

torch::Tensor TransformerDecoderLayerImpl::forward(torch::Tensor x, const TargetRows& target, const Memory& memory,
                                                   Pass& pass) {
  x = residual_(x, self_attention_norm, pass,
                [&](const auto& h) { return self_attention(h, target.segments, target.positions, pass); });
  x = residual_(x, cross_attention_norm, pass, [&](const auto& h) {
    return cross_attention(QueryRows{h, target.segments}, cross_attention->project(memory), pass);
  });
  x = residual_(x, feed_forward_norm, pass, [&](const auto& h) { return feed_forward(h, pass); });
  return x;
}

torch::Tensor TransformerDecoderLayerImpl::step(torch::Tensor x, SelfAttentionCache& cache, const Segments& rows,
                                                const ProjectedMemory& memory) {
  Pass none;
  x = residual_(x, self_attention_norm, none, [&](const auto& h) { return self_attention->step(h, cache); });
  x = residual_(x, cross_attention_norm, none, [&](const auto& h) {
    return cross_attention(QueryRows{h, rows, cache.positions}, memory, none);
  });
  x = residual_(x, feed_forward_norm, none, [&](const auto& h) { return feed_forward(h, none); });
  return x;
}

}  // namespace heed

#include "nn/self_attention.h"

#include "nn/attention/attention.h"
#include "nn/attention/projections.h"
#include "nn/attention/reference.h"

namespace heed {

SelfAttentionImpl::SelfAttentionImpl(const ModelConfig& config, bool causal)
    : query_key_value(register_module("query_key_value", attention_input(config.d_model, 3 * config.d_model))),
      output(register_module("output", attention_output(config.d_model))),
      num_heads_(config.num_heads),
      dropout_(config.attention_dropout),
      causal_(causal) {}

torch::Tensor SelfAttentionImpl::forward(const torch::Tensor& x, const Segments& segments, Pass& pass) {
  const torch::Tensor projected = query_key_value(x);
  const PackedAttention options{segments, segments, num_heads_, causal_, pass.dropout(dropout_), {}};
  const AttentionRole role = causal_ ? AttentionRole::kDecoderSelf : AttentionRole::kEncoderSelf;
  if (pass.wants_attention(role)) {
    const auto parts = projected.chunk(3, 1);
    pass.add_attention(role, reference_attention({parts[0], parts[1], parts[2]}, options).weights);
  }
  return output(self_attention(projected, options));
}

torch::Tensor SelfAttentionImpl::step(const torch::Tensor& x, SelfAttentionCache& cache) {
  const int64_t rows = x.size(0), width = x.size(1);
  const torch::Tensor projected = query_key_value(x);  // (R, 3D)
  cache.rows.narrow(0, cache.first_row, rows).copy_(projected.narrow(1, width, 2 * width));
  const torch::Tensor attended = packed_attention(
      {projected.narrow(1, 0, width), cache.rows.narrow(1, 0, width), cache.rows.narrow(1, width, width)},
      {cache.queries, cache.segments, num_heads_, causal_, {}, cache.key_rows});
  return output(attended);
}

}  // namespace heed

#include "nn/positional_encoding.h"

#include <ATen/ops/empty.h>
#include <ATen/ops/matmul.h>
#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "core/error.h"
#include "nn/attention/alibi.h"
#include "nn/attention/relative_positions.h"
#include "nn/positions.h"
#include "tensor/arithmetic_type.h"

namespace heed {

PositionalEncodingImpl::PositionalEncodingImpl(const ModelConfig& config, AttentionRole role)
    : d_model_(config.d_model), type_(config.positions), causal_(role == AttentionRole::kDecoderSelf) {
  const AttentionOptions attention(config, role);
  num_heads_ = attention.num_heads;
  head_size_ = attention.head_size();
  if (type_ == Positions::kLearned)
    weight = register_parameter("weight", at::empty({config.max_positions, config.d_model}),
                                InitialValues::embedding(config.d_model));
  if (type_ == Positions::kRelative)
    weight = register_parameter("weight", at::empty({num_heads_, kRelativeBuckets}),
                                InitialValues::embedding(config.d_model));
}

torch::Tensor PositionalEncodingImpl::rows(int64_t length, const torch::Tensor& like) {
  if (weight.defined()) {
    if (length > weight.size(0))
      throw DataError(
          fmt::format("a sentence has {} pieces, but the model has learned {} positions "
                      "(model.max_positions): shorten it",
                      length, weight.size(0)));
    return weight;
  }
  return table_.of(length, like.options(), [&](int64_t n) { return sinusoidal_positions(n, d_model_); });
}

torch::Tensor PositionalEncodingImpl::embed(const Tokens& tokens, int64_t length, const Dropout& dropout) {
  const double scale = std::sqrt(static_cast<double>(d_model_));
  if (type_ != Positions::kSinusoidal && type_ != Positions::kLearned) return heed::embed(tokens, dropout, scale);
  return heed::embed(tokens, rows(std::max<int64_t>(length, 1), tokens.table), dropout, scale);
}

torch::Tensor PositionalEncodingImpl::distance_bias(const Tokens& tokens, int64_t length) {
  const auto options = tokens.table.options().dtype(arithmetic_type(tokens.type)).requires_grad(false);
  if (type_ == Positions::kAlibi)
    return table_.of(length, options, [&](int64_t n) { return alibi_biases(num_heads_, n); });
  const torch::Tensor buckets = table_.of(length, options, [&](int64_t n) { return relative_buckets(n, causal_); });
  return at::matmul(weight.to(options.dtype()), buckets);  // exact: one entry of a column is 1
}

AttentionPositions PositionalEncodingImpl::attention(const Tokens& tokens, int64_t length) {
  if (type_ == Positions::kRotary) return {rotation(tokens.rows.positions, head_size_, tokens.type), {}};
  if (type_ == Positions::kAlibi || type_ == Positions::kRelative) return {std::nullopt, distance_bias(tokens, length)};
  return {};
}

}  // namespace heed

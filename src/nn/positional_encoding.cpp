#include "nn/positional_encoding.h"

#include <ATen/ops/empty.h>
#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "core/error.h"
#include "nn/positions.h"

namespace heed {

PositionalEncodingImpl::PositionalEncodingImpl(const ModelConfig& config, AttentionRole role)
    : d_model_(config.d_model), type_(config.positions), alibi_(AttentionOptions(config, role).num_heads) {
  if (type_ == Positions::kLearned)
    weight = register_parameter("weight", at::empty({config.max_positions, config.d_model}),
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
  const auto fits = [&](const torch::Tensor& table) {
    return table.size(0) >= length && table.scalar_type() == like.scalar_type() && table.device() == like.device();
  };
  if (sinusoids_.empty() || !fits(sinusoids_.back()))
    sinusoids_.push_back(sinusoidal_positions(std::max<int64_t>(2 * length, 512), d_model_).to(like.options()));
  return sinusoids_.back();
}

torch::Tensor PositionalEncodingImpl::embed(const Tokens& tokens, int64_t length, const Dropout& dropout) {
  const double scale = std::sqrt(static_cast<double>(d_model_));
  if (type_ != Positions::kSinusoidal && type_ != Positions::kLearned) return heed::embed(tokens, dropout, scale);
  return heed::embed(tokens, rows(std::max<int64_t>(length, 1), tokens.table), dropout, scale);
}

AttentionPositions PositionalEncodingImpl::attention(const Tokens& tokens, int64_t length) {
  if (type_ == Positions::kRotary) return {tokens.rows.positions, {}};
  if (type_ == Positions::kAlibi) return {{}, alibi_.of(length, tokens.table)};
  return {};
}

}  // namespace heed

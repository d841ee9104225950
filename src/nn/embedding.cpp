#include "nn/embedding.h"

#include <ATen/ops/empty.h>
#include <ATen/ops/zeros.h>
#include <ATen/ops/zeros_like.h>
#include <fmt/format.h>
#include <torch/csrc/autograd/custom_function.h>

#include <algorithm>
#include <cmath>

#include "core/error.h"
#include "kernels/embedding.h"
#include "nn/gradient.h"
#include "nn/positions.h"
#include "tensor/id_tensor.h"

namespace heed {
namespace {

struct EmbedFunction : torch::autograd::Function<EmbedFunction> {
  static torch::Tensor forward(torch::autograd::AutogradContext* context, const torch::Tensor& table,
                               const EmbeddingLookup& lookup) {
    context->save_for_backward({table, lookup.ids, lookup.positions, lookup.position_ids});
    context->saved_data["scale"] = lookup.scale;
    context->saved_data["rate"] = lookup.dropout.rate;
    context->saved_data["key"] = static_cast<int64_t>(lookup.dropout.key);
    return heed::embed(table, lookup);
  }

  static torch::autograd::variable_list backward(torch::autograd::AutogradContext* context,
                                                 const torch::autograd::variable_list& gradients) {
    const auto saved = context->get_saved_variables();
    const torch::Tensor &table = saved[0], &ids = saved[1], &positions = saved[2], &position_ids = saved[3];
    const Dropout dropout{context->saved_data["rate"].toDouble(),
                          static_cast<uint64_t>(context->saved_data["key"].toInt())};
    const torch::Tensor gradient = gradients[0].contiguous();
    embed_backward(gradient, ids, context->saved_data["scale"].toDouble(), dropout, gradient_of(table));
    if (positions.requires_grad()) embed_backward(gradient, position_ids, 1.0, dropout, gradient_of(positions));
    return torch::autograd::variable_list(2);
  }
};

}  // namespace

EmbeddingImpl::EmbeddingImpl(int64_t vocabulary_size, int64_t d_model)
    : weight(register_parameter("weight", at::empty({vocabulary_size, d_model}))) {}

PositionalEncodingImpl::PositionalEncodingImpl(const ModelConfig& config) : d_model_(config.d_model) {
  if (config.positions == Positions::kLearned)
    weight = register_parameter("weight", at::empty({config.max_positions, config.d_model}));
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
  const bool fits = sinusoids_.defined() && sinusoids_.size(0) >= length &&
                    sinusoids_.scalar_type() == like.scalar_type() && sinusoids_.device() == like.device();
  if (!fits) sinusoids_ = sinusoidal_positions(std::max<int64_t>(2 * length, 512), d_model_).to(like.options());
  return sinusoids_;
}

torch::Tensor PositionalEncodingImpl::embed(const Tokens& tokens, const std::vector<int64_t>& positions,
                                            const Dropout& dropout) {
  const int64_t longest = positions.empty() ? 1 : 1 + *std::max_element(positions.begin(), positions.end());
  const double scale = std::sqrt(static_cast<double>(d_model_));
  return EmbedFunction::apply(tokens.table,
                              EmbeddingLookup{tokens.ids, scale, rows(longest, tokens.table),
                                              id_tensor(positions, tokens.ids.device()), dropout, tokens.type});
}

torch::Tensor embed(const Tokens& tokens, const Dropout& dropout) {
  const torch::Tensor nothing = at::zeros({1, tokens.table.size(1)}, tokens.table.options().requires_grad(false));
  return EmbedFunction::apply(
      tokens.table, EmbeddingLookup{tokens.ids, 1.0, nothing, at::zeros_like(tokens.ids), dropout, tokens.type});
}

}  // namespace heed

#include "nn/embedding.h"

#include <ATen/ops/empty.h>
#include <torch/csrc/autograd/custom_function.h>

#include <algorithm>
#include <cmath>

#include <fmt/format.h>
#include "core/error.h"
#include "kernels/embedding.h"
#include "nn/gradient.h"
#include "nn/positions.h"

namespace heed {
namespace {

double scale_of(const torch::Tensor& table) { return std::sqrt(static_cast<double>(table.size(1))); }

struct EmbedFunction : torch::autograd::Function<EmbedFunction> {
  static torch::Tensor forward(torch::autograd::AutogradContext* context, const torch::Tensor& table,
                               const torch::Tensor& ids, const torch::Tensor& positions,
                               const torch::Tensor& position_ids, const Dropout& dropout, torch::ScalarType dtype) {
    context->save_for_backward({table, ids, positions, position_ids});
    context->saved_data["rate"] = dropout.rate;
    context->saved_data["key"] = static_cast<int64_t>(dropout.key);
    return embed(table, ids, positions, position_ids, scale_of(table), dropout, dtype);
  }

  static torch::autograd::variable_list backward(torch::autograd::AutogradContext* context,
                                                 const torch::autograd::variable_list& gradients) {
    const auto saved = context->get_saved_variables();
    const torch::Tensor &table = saved[0], &ids = saved[1], &positions = saved[2], &position_ids = saved[3];
    const Dropout dropout{context->saved_data["rate"].toDouble(),
                          static_cast<uint64_t>(context->saved_data["key"].toInt())};
    const torch::Tensor gradient = gradients[0].contiguous();
    embed_backward(gradient, ids, scale_of(table), dropout, gradient_of(table));
    if (positions.requires_grad()) embed_backward(gradient, position_ids, 1.0, dropout, gradient_of(positions));
    return torch::autograd::variable_list(6);
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

torch::Tensor embed_tokens(const torch::Tensor& table, const torch::Tensor& ids, const torch::Tensor& positions,
                           const torch::Tensor& position_ids, const Dropout& dropout, torch::ScalarType dtype) {
  return EmbedFunction::apply(table, ids, positions, position_ids, dropout, dtype);
}

}  // namespace heed

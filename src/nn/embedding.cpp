#include "nn/embedding.h"

#include <ATen/ops/empty.h>
#include <ATen/ops/zeros.h>
#include <ATen/ops/zeros_like.h>
#include <torch/csrc/autograd/custom_function.h>

#include "kernels/embedding.h"
#include "nn/gradient.h"
#include "nn/saved_dropout.h"

namespace heed {
namespace {

struct EmbedFunction : torch::autograd::Function<EmbedFunction> {
  static torch::Tensor forward(torch::autograd::AutogradContext* context, const torch::Tensor& table,
                               const EmbeddingLookup& lookup) {
    const TokenIds& tokens = lookup.tokens;
    context->save_for_backward(
        {table, tokens.ids, tokens.sorted_ids, tokens.order, lookup.positions, tokens.positions});
    context->saved_data["scale"] = lookup.scale;
    save_dropout(context, lookup.dropout);
    return heed::embed(table, lookup);
  }

  static torch::autograd::variable_list backward(torch::autograd::AutogradContext* context,
                                                 const torch::autograd::variable_list& gradients) {
    const auto saved = context->get_saved_variables();
    const torch::Tensor &table = saved[0], &positions = saved[4];
    const Dropout dropout = saved_dropout(context);
    const torch::Tensor gradient = gradients[0].contiguous();
    const double scale = context->saved_data["scale"].toDouble();
    embed_backward(gradient, {saved[1], saved[2], saved[3]}, scale, dropout, gradient_of(table));
    if (positions.requires_grad()) embed_backward(gradient, {saved[5], {}, {}}, 1.0, dropout, gradient_of(positions));
    return torch::autograd::variable_list(2);
  }
};

}  // namespace

EmbeddingImpl::EmbeddingImpl(int64_t vocabulary_size, int64_t d_model)
    : weight(register_parameter("weight", at::empty({vocabulary_size, d_model}), InitialValues::embedding(d_model))) {}

torch::Tensor embed(const Tokens& tokens, const Dropout& dropout, double scale) {
  const torch::Tensor nothing = at::zeros({1, tokens.table.size(1)}, tokens.table.options().requires_grad(false));
  Tokens without = tokens;
  without.rows.positions = at::zeros_like(tokens.rows.ids);
  return embed(without, nothing, dropout, scale);
}

torch::Tensor embed(const Tokens& tokens, const torch::Tensor& positions, const Dropout& dropout, double scale) {
  const EmbeddingLookup lookup{tokens.rows, scale, positions, dropout, tokens.type};
  if (!torch::GradMode::is_enabled()) return heed::embed(tokens.table, lookup);
  return EmbedFunction::apply(tokens.table, lookup);
}

}  // namespace heed

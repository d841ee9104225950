#include "nn/residual.h"

#include <torch/csrc/autograd/custom_function.h>

namespace heed {
namespace {

struct ResidualFunction : torch::autograd::Function<ResidualFunction> {
  static torch::Tensor forward(torch::autograd::AutogradContext* context, const torch::Tensor& x,
                               const torch::Tensor& y, const Dropout& dropout) {
    context->saved_data["rate"] = dropout.rate;
    context->saved_data["key"] = static_cast<int64_t>(dropout.key);
    return dropout_add(y, x, dropout);
  }

  static torch::autograd::variable_list backward(torch::autograd::AutogradContext* context,
                                                 const torch::autograd::variable_list& gradients) {
    const Dropout dropout{context->saved_data["rate"].toDouble(),
                          static_cast<uint64_t>(context->saved_data["key"].toInt())};
    const torch::Tensor gradient = gradients[0].contiguous();
    const torch::Tensor dy = dropout.rate > 0 ? dropout_add(gradient, std::nullopt, dropout) : gradient;
    return {gradient, dy, torch::Tensor()};
  }
};

}  // namespace

torch::Tensor residual(const torch::Tensor& x, const torch::Tensor& y, const Dropout& dropout) {
  return ResidualFunction::apply(x, y, dropout);
}

}  // namespace heed

#include "nn/residual.h"

#include <torch/csrc/autograd/custom_function.h>

#include "nn/saved_dropout.h"

namespace heed {
namespace {

struct ResidualFunction : torch::autograd::Function<ResidualFunction> {
  static torch::Tensor forward(torch::autograd::AutogradContext* context, const torch::Tensor& x,
                               const torch::Tensor& y, const Dropout& dropout) {
    save_dropout(context, dropout);
    return dropout_add(y, x, dropout);
  }

  static torch::autograd::variable_list backward(torch::autograd::AutogradContext* context,
                                                 const torch::autograd::variable_list& gradients) {
    const Dropout dropout = saved_dropout(context);
    const torch::Tensor gradient = gradients[0].contiguous();
    const torch::Tensor dy = dropout.rate > 0 ? dropout_add(gradient, std::nullopt, dropout) : gradient;
    return {gradient, dy, torch::Tensor()};
  }
};

}  // namespace

torch::Tensor residual(const torch::Tensor& x, const torch::Tensor& y, const Dropout& dropout) {
  if (!torch::GradMode::is_enabled()) return dropout_add(y, x, dropout);
  return ResidualFunction::apply(x, y, dropout);
}

}  // namespace heed

#include "nn/activation.h"

#include <torch/csrc/autograd/custom_function.h>

#include "nn/saved_dropout.h"

namespace heed {
namespace {

using torch::autograd::AutogradContext;
using torch::autograd::variable_list;

using Forward = torch::Tensor (*)(ActivationFunction, const torch::Tensor&, const Dropout&);
using Backward = torch::Tensor (*)(ActivationFunction, const torch::Tensor&, const torch::Tensor&, const Dropout&);

template <Forward forward_of, Backward backward_of>
struct ActivationDropoutFunction : torch::autograd::Function<ActivationDropoutFunction<forward_of, backward_of>> {
  static torch::Tensor forward(AutogradContext* context, const torch::Tensor& x, ActivationFunction f,
                               const Dropout& dropout) {
    context->save_for_backward({x});
    context->saved_data["function"] = static_cast<int64_t>(f);
    save_dropout(context, dropout);
    return forward_of(f, x, dropout);
  }

  static variable_list backward(AutogradContext* context, const variable_list& gradients) {
    const auto f = static_cast<ActivationFunction>(context->saved_data["function"].toInt());
    const torch::Tensor dx =
        backward_of(f, context->get_saved_variables()[0], gradients[0].contiguous(), saved_dropout(context));
    return {dx, torch::Tensor(), torch::Tensor()};
  }
};

}  // namespace

torch::Tensor activation(ActivationFunction f, const torch::Tensor& x, const Dropout& dropout) {
  if (!torch::GradMode::is_enabled()) return activation_dropout(f, x, dropout);
  return ActivationDropoutFunction<activation_dropout, activation_dropout_backward>::apply(x, f, dropout);
}

torch::Tensor gated_activation(ActivationFunction f, const torch::Tensor& x, const Dropout& dropout) {
  if (!torch::GradMode::is_enabled()) return gated_activation_dropout(f, x, dropout);
  return ActivationDropoutFunction<gated_activation_dropout, gated_activation_dropout_backward>::apply(x, f, dropout);
}

}  // namespace heed

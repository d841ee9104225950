#include "nn/feed_forward.h"

#include <torch/csrc/autograd/custom_function.h>

#include "kernels/activation.h"
#include "nn/saved_dropout.h"

namespace heed {
namespace {

ActivationFunction function_of(Activation activation) {
  switch (activation) {
    case Activation::kRelu:
      return ActivationFunction::kRelu;
    case Activation::kGelu:
      return ActivationFunction::kGelu;
    case Activation::kSwish:
      return ActivationFunction::kSwish;
  }
  TORCH_CHECK(false, "unknown activation");
}

struct ActivationDropoutFunction : torch::autograd::Function<ActivationDropoutFunction> {
  static torch::Tensor forward(torch::autograd::AutogradContext* context, const torch::Tensor& x, ActivationFunction f,
                               const Dropout& dropout) {
    context->save_for_backward({x});
    context->saved_data["function"] = static_cast<int64_t>(f);
    save_dropout(context, dropout);
    return activation_dropout(f, x, dropout);
  }

  static torch::autograd::variable_list backward(torch::autograd::AutogradContext* context,
                                                 const torch::autograd::variable_list& gradients) {
    const auto f = static_cast<ActivationFunction>(context->saved_data["function"].toInt());
    const Dropout dropout = saved_dropout(context);
    const torch::Tensor dx =
        activation_dropout_backward(f, context->get_saved_variables()[0], gradients[0].contiguous(), dropout);
    return {dx, torch::Tensor(), torch::Tensor()};
  }
};

}  // namespace

FeedForwardImpl::FeedForwardImpl(const ModelConfig& config)
    : inner(register_module("inner", Linear(config.d_model, config.d_ff))),
      outer(register_module("outer", Linear(config.d_ff, config.d_model))),
      activation_(config.activation),
      dropout_(config.activation_dropout) {}

torch::Tensor FeedForwardImpl::forward(const torch::Tensor& x, Pass& pass) {
  return outer(ActivationDropoutFunction::apply(inner(x), function_of(activation_), pass.dropout(dropout_)));
}

}  // namespace heed

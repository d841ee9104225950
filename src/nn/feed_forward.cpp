#include "nn/feed_forward.h"

#include <torch/csrc/autograd/custom_function.h>

#include "nn/activation.h"

namespace heed {
namespace {

ActivationFunction function_of(Activation activation) {
  switch (activation) {
    case Activation::kRelu:
      return ActivationFunction::kRelu;
    case Activation::kGelu:
    case Activation::kGeglu:
      return ActivationFunction::kGelu;
    case Activation::kSwish:
    case Activation::kSwiglu:
      return ActivationFunction::kSwish;
    case Activation::kGlu:
      return ActivationFunction::kSigmoid;
  }
  TORCH_CHECK(false, "unknown activation");
}

}  // namespace

FeedForwardImpl::FeedForwardImpl(const ModelConfig& config)
    : inner(register_module("inner", Linear(config.d_model, config.d_ff * (is_gated(config.activation) ? 2 : 1)))),
      outer(register_module("outer", Linear(config.d_ff, config.d_model))),
      activation_(config.activation),
      dropout_(config.activation_dropout) {}

torch::Tensor FeedForwardImpl::forward(const torch::Tensor& x, Pass& pass) {
  const auto activate = is_gated(activation_) ? gated_activation : activation;
  return outer(activate(function_of(activation_), inner(x), pass.dropout(dropout_)));
}

}  // namespace heed

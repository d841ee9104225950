#include "nn/norm.h"

#include <ATen/ops/ones.h>
#include <ATen/ops/zeros.h>
#include <torch/csrc/autograd/custom_function.h>

#include "kernels/layer_norm.h"
#include "nn/gradient.h"

namespace heed {
namespace {

struct NormFunction : torch::autograd::Function<NormFunction> {
  static torch::Tensor forward(torch::autograd::AutogradContext* context, const torch::Tensor& x,
                               const torch::Tensor& weight, const std::optional<torch::Tensor>& bias) {
    auto [y, stats] = layer_norm(x, weight, bias.value_or(torch::Tensor()), kNormEpsilon);
    context->save_for_backward({x, weight, bias.value_or(torch::Tensor()), stats});
    return y;
  }

  static torch::autograd::variable_list backward(torch::autograd::AutogradContext* context,
                                                 const torch::autograd::variable_list& gradients) {
    const auto saved = context->get_saved_variables();
    const torch::Tensor of_bias = saved[2].defined() ? gradient_of(saved[2]) : torch::Tensor();
    const torch::Tensor dx =
        layer_norm_backward(saved[0], saved[1], saved[3], gradients[0].contiguous(), {gradient_of(saved[1]), of_bias});
    return {dx, torch::Tensor(), torch::Tensor()};
  }
};

}  // namespace

NormImpl::NormImpl(int64_t width, NormType type)
    : weight(register_parameter("weight", at::ones({width}), InitialValues::constant(1))) {
  if (type == NormType::kLayer) bias = register_parameter("bias", at::zeros({width}), InitialValues::constant(0));
}

torch::Tensor NormImpl::forward(const torch::Tensor& x) {
  if (!torch::GradMode::is_enabled()) return std::get<0>(layer_norm(x, weight, bias, kNormEpsilon));
  return NormFunction::apply(x, weight, bias.defined() ? std::optional(bias) : std::nullopt);
}

}  // namespace heed

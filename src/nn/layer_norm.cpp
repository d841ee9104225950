#include "nn/layer_norm.h"

#include <ATen/ops/ones.h>
#include <ATen/ops/zeros.h>
#include <torch/csrc/autograd/custom_function.h>

#include "kernels/layer_norm.h"
#include "nn/gradient.h"

namespace heed {
namespace {

constexpr double kEpsilon = 1e-5;

struct LayerNormFunction : torch::autograd::Function<LayerNormFunction> {
  static torch::Tensor forward(torch::autograd::AutogradContext* context, const torch::Tensor& x,
                               const torch::Tensor& weight, const torch::Tensor& bias) {
    auto [y, stats] = layer_norm(x, weight, bias, kEpsilon);
    context->save_for_backward({x, weight, bias, stats});
    return y;
  }

  static torch::autograd::variable_list backward(torch::autograd::AutogradContext* context,
                                                 const torch::autograd::variable_list& gradients) {
    const auto saved = context->get_saved_variables();
    const torch::Tensor dx = layer_norm_backward(saved[0], saved[1], saved[3], gradients[0].contiguous(),
                                                 {gradient_of(saved[1]), gradient_of(saved[2])});
    return {dx, torch::Tensor(), torch::Tensor()};
  }
};

}  // namespace

LayerNormImpl::LayerNormImpl(int64_t width)
    : weight(register_parameter("weight", at::ones({width}), InitialValues::constant(1))),
      bias(register_parameter("bias", at::zeros({width}), InitialValues::constant(0))) {}

torch::Tensor LayerNormImpl::forward(const torch::Tensor& x) { return LayerNormFunction::apply(x, weight, bias); }

}  // namespace heed

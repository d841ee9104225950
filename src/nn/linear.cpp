#include "nn/linear.h"

#include <ATen/ops/empty.h>
#include <torch/csrc/autograd/custom_function.h>

#include "kernels/column_sums.h"
#include "kernels/packed_weight.h"
#include "kernels/weight_gradient.h"
#include "nn/gradient.h"
#include "nn/weight_copies.h"

namespace heed {
namespace {

std::optional<torch::Tensor> offset_for(const torch::Tensor& x, const torch::Tensor& bias) {
  if (!bias.defined()) return std::nullopt;
  return for_products(bias, x.scalar_type());
}

struct LinearFunction : torch::autograd::Function<LinearFunction> {
  static torch::Tensor forward(torch::autograd::AutogradContext* context, const torch::Tensor& x,
                               const torch::Tensor& weight, const std::optional<torch::Tensor>& maybe_bias) {
    const torch::Tensor bias = maybe_bias.value_or(torch::Tensor());
    const torch::Tensor matrix = for_products(weight, x.scalar_type());
    context->save_for_backward({x, weight, matrix, bias});
    return linear_product(x, PackedWeight(matrix, x.scalar_type()), offset_for(x, bias));
  }

  static torch::autograd::variable_list backward(torch::autograd::AutogradContext* context,
                                                 const torch::autograd::variable_list& gradients) {
    const auto saved = context->get_saved_variables();
    const torch::Tensor &x = saved[0], &weight = saved[1], &matrix = saved[2], &bias = saved[3];
    const torch::Tensor gradient = gradients[0].contiguous();
    if (weight.requires_grad()) add_weight_gradient(gradient, x, gradient_of(weight));
    if (bias.defined() && bias.requires_grad()) add_column_sums(gradient, gradient_of(bias));
    torch::Tensor dx;
    if (context->needs_input_grad(0)) dx = linear_product(gradient, PackedWeight(matrix.t(), x.scalar_type()), {});
    return {dx, torch::Tensor(), torch::Tensor()};
  }
};

}  // namespace

torch::Tensor linear(const torch::Tensor& x, const torch::Tensor& weight, const torch::Tensor& bias) {
  if (torch::GradMode::is_enabled())
    return LinearFunction::apply(x, weight, bias.defined() ? std::optional(bias) : std::nullopt);
  return linear_product(x, packed(weight, x.scalar_type()), offset_for(x, bias));
}

LinearImpl::LinearImpl(int64_t in, int64_t out)
    : LinearImpl(in, out, InitialValues::linear_weight(in, out), InitialValues::linear_bias(in)) {}

LinearImpl::LinearImpl(int64_t in, int64_t out, const InitialValues& initial_weight, const InitialValues& initial_bias)
    : weight(register_parameter("weight", at::empty({out, in}), initial_weight)),
      bias(register_parameter("bias", at::empty({out}), initial_bias)) {}

}  // namespace heed

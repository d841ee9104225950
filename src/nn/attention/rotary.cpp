#include "nn/attention/rotary.h"

#include <ATen/ops/arange.h>
#include <ATen/ops/cat.h>
#include <ATen/ops/pow.h>
#include <torch/csrc/autograd/custom_function.h>

#include "tensor/arithmetic_type.h"

namespace heed {
namespace {

using torch::autograd::AutogradContext;
using torch::autograd::variable_list;

torch::Tensor turned(const torch::Tensor& rows, const torch::Tensor& cosine, const torch::Tensor& sine) {
  const int64_t half = cosine.size(2);
  const torch::Tensor heads = rows.unflatten(1, {-1, 2 * half}).to(cosine.scalar_type());
  const torch::Tensor first = heads.narrow(2, 0, half), second = heads.narrow(2, half, half);
  return at::cat({first * cosine - second * sine, second * cosine + first * sine}, 2).flatten(1).to(rows.scalar_type());
}

struct RotateFunction : torch::autograd::Function<RotateFunction> {
  static torch::Tensor forward(AutogradContext* context, const torch::Tensor& rows, const torch::Tensor& cosine,
                               const torch::Tensor& sine) {
    context->save_for_backward({cosine, sine});
    return turned(rows, cosine, sine);
  }

  static variable_list backward(AutogradContext* context, const variable_list& gradients) {
    const auto saved = context->get_saved_variables();
    return {turned(gradients[0], saved[0], -saved[1]), torch::Tensor(), torch::Tensor()};
  }
};

}  // namespace

// Angles in double, so that far positions are exact.
Rotation rotation(const torch::Tensor& positions, int64_t head_size, torch::ScalarType type) {
  TORCH_CHECK(head_size % 2 == 0, "rotary positions need heads of an even size, got ", head_size);
  const auto options = positions.options().dtype(torch::kDouble);
  const torch::Tensor exponents = at::arange(0, head_size, 2, options) / static_cast<double>(head_size);
  const torch::Tensor angles = positions.to(torch::kDouble).unsqueeze(1) / at::pow(kRotaryBase, exponents).unsqueeze(0);
  const torch::ScalarType arithmetic = arithmetic_type(type);
  return {angles.cos().to(arithmetic).unsqueeze(1), angles.sin().to(arithmetic).unsqueeze(1)};
}

torch::Tensor rotate(const torch::Tensor& rows, const Rotation& rotation) {
  return RotateFunction::apply(rows, rotation.cosine, rotation.sine);
}

}  // namespace heed

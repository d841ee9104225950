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

// Angles in double, so that far positions are exact; cosines and sines (N, 1, head_size / 2) in the type of arithmetic.
struct Turn {
  Turn(const torch::Tensor& positions, int64_t head_size, torch::ScalarType type) {
    const auto options = positions.options().dtype(torch::kDouble);
    const torch::Tensor exponents = at::arange(0, head_size, 2, options) / static_cast<double>(head_size);
    const torch::Tensor angles = positions.to(torch::kDouble).unsqueeze(1) / at::pow(10000.0, exponents).unsqueeze(0);
    cosine = angles.cos().to(type).unsqueeze(1);
    sine = angles.sin().to(type).unsqueeze(1);
  }

  torch::Tensor of(const torch::Tensor& rows, double direction) const {
    const int64_t half = cosine.size(2);
    const torch::Tensor heads = rows.unflatten(1, {-1, 2 * half}).to(cosine.scalar_type());
    const torch::Tensor first = heads.narrow(2, 0, half), second = heads.narrow(2, half, half);
    const torch::Tensor signed_sine = sine * direction;
    return at::cat({first * cosine - second * signed_sine, second * cosine + first * signed_sine}, 2)
        .flatten(1)
        .to(rows.scalar_type());
  }

  torch::Tensor cosine, sine;
};

struct RotateFunction : torch::autograd::Function<RotateFunction> {
  static torch::Tensor forward(AutogradContext* context, const torch::Tensor& rows, const torch::Tensor& positions,
                               int64_t head_size) {
    context->save_for_backward({positions});
    context->saved_data["head_size"] = head_size;
    return Turn(positions, head_size, arithmetic_type(rows.scalar_type())).of(rows, 1);
  }

  static variable_list backward(AutogradContext* context, const variable_list& gradients) {
    const Turn turn(context->get_saved_variables()[0], context->saved_data["head_size"].toInt(),
                    arithmetic_type(gradients[0].scalar_type()));
    return {turn.of(gradients[0], -1), torch::Tensor(), torch::Tensor()};
  }
};

}  // namespace

torch::Tensor rotate(const torch::Tensor& rows, const torch::Tensor& positions, int64_t head_size) {
  TORCH_CHECK(head_size % 2 == 0, "rotary positions need heads of an even size, got ", head_size);
  return RotateFunction::apply(rows, positions, head_size);
}

}  // namespace heed

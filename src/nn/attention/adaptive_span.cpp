#include "nn/attention/adaptive_span.h"

#include <ATen/ops/arange.h>
#include <ATen/ops/empty.h>
#include <ATen/ops/full_like.h>
#include <ATen/ops/log.h>
#include <ATen/ops/where.h>
#include <torch/csrc/autograd/custom_function.h>

#include <cmath>
#include <limits>

namespace heed {
namespace {

constexpr double kFirstShare = 0.125;  // our choice: heads that start short, as trained ones mostly stay

// x within [0, 1]. The gradient of an x beyond stops only where it leads further away.
struct WithinUnitFunction : torch::autograd::Function<WithinUnitFunction> {
  static torch::Tensor forward(torch::autograd::AutogradContext* context, const torch::Tensor& x) {
    context->save_for_backward({x});
    return x.clamp(0, 1);
  }

  static torch::autograd::variable_list backward(torch::autograd::AutogradContext* context,
                                                 const torch::autograd::variable_list& gradients) {
    const torch::Tensor x = context->get_saved_variables()[0], &gradient = gradients[0];
    const torch::Tensor away = (x < 0).logical_and(gradient > 0).logical_or((x > 1).logical_and(gradient < 0));
    return {gradient.masked_fill(away, 0)};
  }
};

}  // namespace

torch::Tensor learned_spans(const torch::Tensor& span, const AttentionConfig& section) {
  return WithinUnitFunction::apply(span) * static_cast<double>(section.max_span);
}

AdaptiveSpanImpl::AdaptiveSpanImpl(const AttentionOptions& options)
    : span(register_parameter("span", at::empty({options.num_heads}), InitialValues::constant(kFirstShare))),
      section_(options.section) {}

torch::Tensor AdaptiveSpanImpl::biases(int64_t n) const {
  const torch::Tensor distances = at::arange(1 - n, n, span.options().requires_grad(false)).abs();
  const auto ramp = static_cast<double>(section_.span_ramp);
  const torch::Tensor mask = ((learned_spans(span, section_).unsqueeze(1) + ramp - distances) / ramp).clamp_max(1);
  const torch::Tensor seen = mask > 0;
  const torch::Tensor nothing = at::full_like(mask, -std::numeric_limits<double>::infinity());
  return at::where(seen, at::where(seen, mask, 1).log(), nothing).contiguous();  // no logarithm of what is not seen
}

torch::Tensor AdaptiveSpanImpl::penalty() const { return learned_spans(span, section_).mean() * section_.span_penalty; }

int64_t AdaptiveSpanImpl::farthest() const {
  const double longest = learned_spans(span.detach(), section_).max().item<double>();
  return static_cast<int64_t>(std::ceil(longest)) + section_.span_ramp;
}

}  // namespace heed

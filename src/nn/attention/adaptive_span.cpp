#include "nn/attention/adaptive_span.h"

#include <ATen/ops/arange.h>
#include <ATen/ops/empty.h>
#include <ATen/ops/full_like.h>
#include <ATen/ops/log.h>
#include <ATen/ops/where.h>

#include <cmath>
#include <limits>

namespace heed {
namespace {

constexpr double kFirstShare = 0.125;

}  // namespace

AdaptiveSpanImpl::AdaptiveSpanImpl(const AttentionOptions& options)
    : span(register_parameter("span", at::empty({options.num_heads}), InitialValues::constant(kFirstShare))),
      max_span_(static_cast<double>(options.section.max_span)),
      ramp_(static_cast<double>(options.section.span_ramp)),
      penalty_(options.section.span_penalty) {}

torch::Tensor AdaptiveSpanImpl::spans() const { return span.clamp(0, 1) * max_span_; }

torch::Tensor AdaptiveSpanImpl::biases(int64_t n) const {
  const torch::Tensor distances = at::arange(1 - n, n, span.options().requires_grad(false)).abs();
  const torch::Tensor mask = ((spans().unsqueeze(1) + ramp_ - distances) / ramp_).clamp_max(1);
  const torch::Tensor seen = mask > 0;
  const torch::Tensor nothing = at::full_like(mask, -std::numeric_limits<double>::infinity());
  return at::where(seen, at::where(seen, mask, 1).log(), nothing).contiguous();  // no logarithm of what is not seen
}

torch::Tensor AdaptiveSpanImpl::penalty() const { return spans().mean() * penalty_; }

int64_t AdaptiveSpanImpl::farthest() const {
  return static_cast<int64_t>(std::ceil(spans().detach().max().item<double>() + ramp_));
}

}  // namespace heed

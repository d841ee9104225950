#include "kernels/activation.h"

#include <ATen/ops/empty_like.h>

#include "kernels/cpu/cpu_kernels.h"
#include "kernels/cuda/cuda_kernels.h"
#include "kernels/dispatch.h"

namespace heed {

namespace {

constexpr int64_t kGrain = 2;  // groups

template <class T>
ActivationPlan<T> plan_activation(ActivationFunction f, const at::Tensor& x, const Dropout& dropout, at::Tensor& out) {
  return {f, pointer<const T>(x), x.numel(), plan_of(dropout), pointer<T>(out), nullptr};
}

}  // namespace

at::Tensor activation_dropout(ActivationFunction f, const at::Tensor& x, const Dropout& dropout) {
  if constexpr (kWithCuda)
    if (x.is_cuda()) return cuda::activation_dropout(f, x, dropout);
  at::Tensor out = at::empty_like(x);
  dispatch(x, [&]<class T>(T) {
    const auto plan = plan_activation<T>(f, x, dropout, out);
    run(cpu_kernels<T>().activation_forward, plan, groups(plan.size, kElementGroup), kGrain);
  });
  return out;
}

at::Tensor activation_dropout_backward(ActivationFunction f, const at::Tensor& x, const at::Tensor& gradient,
                                       const Dropout& dropout) {
  if constexpr (kWithCuda)
    if (x.is_cuda()) return cuda::activation_dropout_backward(f, x, gradient, dropout);
  at::Tensor out = at::empty_like(x);
  dispatch(x, [&]<class T>(T) {
    auto plan = plan_activation<T>(f, x, dropout, out);
    plan.dy = pointer<const T>(gradient);
    run(cpu_kernels<T>().activation_backward, plan, groups(plan.size, kElementGroup), kGrain);
  });
  return out;
}

}  // namespace heed

#include "kernels/activation.h"

#include "kernels/cpu/cpu_kernels.h"
#include "kernels/cuda/cuda_kernels.h"
#include "kernels/dispatch.h"

namespace heed {

namespace {

constexpr int64_t kGrain = 2;      // groups
constexpr int64_t kRowGrain = 16;  // rows

template <class T>
ActivationPlan<T> plan_activation(ActivationFunction f, const at::Tensor& x, const Dropout& dropout, at::Tensor& out) {
  return {f, pointer<const T>(x), x.numel(), plan_of(dropout), pointer<T>(out), nullptr};
}

template <class T>
GatedActivationPlan<T> plan_gated(ActivationFunction f, const at::Tensor& x, const Dropout& dropout, at::Tensor& out) {
  TORCH_CHECK(x.dim() == 2 && x.is_contiguous() && x.size(1) % 2 == 0, "expected rows of two halves");
  return {f, pointer<const T>(x), x.size(0), x.size(1) / 2, plan_of(dropout), pointer<T>(out), nullptr};
}

}  // namespace

at::Tensor activation_dropout(ActivationFunction f, const at::Tensor& x, const Dropout& dropout) {
  at::Tensor out = new_tensor_like(x);
  dispatch_type(x, [&]<class T>(T) {
    const auto plan = plan_activation<T>(f, x, dropout, out);
    if constexpr (kWithCuda)
      if (x.is_cuda()) return cuda::activation_forward(plan, x.device());
    run(cpu_kernels<T>().activation_forward, plan, groups(plan.size, kElementGroup), kGrain);
  });
  return out;
}

at::Tensor activation_dropout_backward(ActivationFunction f, const at::Tensor& x, const at::Tensor& gradient,
                                       const Dropout& dropout) {
  at::Tensor out = new_tensor_like(x);
  dispatch_type(x, [&]<class T>(T) {
    auto plan = plan_activation<T>(f, x, dropout, out);
    plan.dy = pointer<const T>(gradient);
    if constexpr (kWithCuda)
      if (x.is_cuda()) return cuda::activation_backward(plan, x.device());
    run(cpu_kernels<T>().activation_backward, plan, groups(plan.size, kElementGroup), kGrain);
  });
  return out;
}

at::Tensor gated_activation_dropout(ActivationFunction f, const at::Tensor& x, const Dropout& dropout) {
  at::Tensor out = new_tensor({x.size(0), x.size(1) / 2}, x.options());
  dispatch_type(x, [&]<class T>(T) {
    const auto plan = plan_gated<T>(f, x, dropout, out);
    if constexpr (kWithCuda)
      if (x.is_cuda()) return cuda::gated_activation_forward(plan, x.device());
    run(cpu_kernels<T>().gated_activation_forward, plan, plan.rows, kRowGrain);
  });
  return out;
}

at::Tensor gated_activation_dropout_backward(ActivationFunction f, const at::Tensor& x, const at::Tensor& gradient,
                                             const Dropout& dropout) {
  at::Tensor out = new_tensor_like(x);
  dispatch_type(x, [&]<class T>(T) {
    auto plan = plan_gated<T>(f, x, dropout, out);
    plan.dy = pointer<const T>(gradient);
    if constexpr (kWithCuda)
      if (x.is_cuda()) return cuda::gated_activation_backward(plan, x.device());
    run(cpu_kernels<T>().gated_activation_backward, plan, plan.rows, kRowGrain);
  });
  return out;
}

}  // namespace heed

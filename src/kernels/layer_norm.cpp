#include "kernels/layer_norm.h"

#include "kernels/cpu/cpu_kernels.h"
#include "kernels/cuda/cuda_kernels.h"
#include "kernels/dispatch.h"

namespace heed {

namespace {

constexpr int64_t kGrain = 64;  // rows a thread takes at least

template <class T>
LayerNormPlan<T> plan_of(const at::Tensor& x, const at::Tensor& gamma, const at::Tensor& stats) {
  using A = ArithmeticOf<T>;
  LayerNormPlan<T> plan{};
  plan.x = pointer<const T>(x);
  plan.gamma = pointer<const A>(gamma);
  plan.stats = pointer<A>(stats);
  plan.rows = x.size(0);
  plan.width = x.size(1);
  return plan;
}

}  // namespace

std::tuple<at::Tensor, at::Tensor> layer_norm(const at::Tensor& x, const at::Tensor& gamma, const at::Tensor& beta,
                                              double epsilon) {
  at::Tensor y = new_tensor_like(x), stats = new_tensor({x.size(0), 2}, gamma.options());
  dispatch_type(x, [&]<class T>(T) {
    auto plan = plan_of<T>(x, gamma, stats);
    plan.beta = pointer<const ArithmeticOf<T>>(beta);
    plan.epsilon = epsilon;
    plan.y = pointer<T>(y);
    if constexpr (kWithCuda)
      if (x.is_cuda()) return cuda::layer_norm_forward(plan, x.device());
    run(cpu_kernels<T>().layer_norm_forward, plan, plan.rows, kGrain);
  });
  return {y, stats};
}

at::Tensor layer_norm_backward(const at::Tensor& x, const at::Tensor& gamma, const at::Tensor& stats,
                               const at::Tensor& gradient, const LayerNormGradients& sums) {
  at::Tensor dx = new_tensor_like(x);
  dispatch_type(x, [&]<class T>(T) {
    using A = ArithmeticOf<T>;
    auto plan = plan_of<T>(x, gamma, stats);
    plan.dy = pointer<const T>(gradient);
    plan.dx = pointer<T>(dx);
    plan.gamma_gradient = pointer<A>(sums.gamma);
    plan.beta_gradient = pointer<A>(sums.beta);
    if constexpr (kWithCuda)
      if (x.is_cuda()) return cuda::layer_norm_backward(plan, x.device());
    run(cpu_kernels<T>().layer_norm_backward, plan, plan.rows, kGrain);
    run(cpu_kernels<T>().layer_norm_parameter_gradient, plan, groups(plan.width, kColumnGroup), 1);
  });
  return dx;
}

}  // namespace heed

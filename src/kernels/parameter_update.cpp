#include "kernels/parameter_update.h"

#include <ATen/ops/scalar_tensor.h>

#include <vector>

#include "kernels/cpu/cpu_kernels.h"
#include "kernels/cuda/cuda_kernels.h"
#include "kernels/dispatch.h"

namespace heed {
namespace {

constexpr int64_t kGrain = 16;  // groups

template <class Body>
void dispatch_flat(const at::Tensor& flat, Body body) {
  require_cpu(flat);
  dispatch_flat_type(flat, body);
}

template <class Plan>
void run_flat(Kernel<Plan> kernel, const Plan& plan) {
  run(kernel, plan, groups(plan.size, kElementGroup), kGrain);
}

}  // namespace

at::Tensor squared_norm(const at::Tensor& flat) {
  if constexpr (kWithCuda)
    if (flat.is_cuda()) return cuda::squared_norm(flat);
  std::vector<double> sums(static_cast<size_t>(groups(flat.numel(), kElementGroup)));
  dispatch_flat(flat, [&]<class T>(T) {
    const SquaredSumsPlan<T> plan{pointer<const T>(flat), flat.numel(), sums.data()};
    run_flat(cpu_kernels<T>().squared_sums, plan);
  });
  double total = 0;
  for (const double sum : sums) total += sum;
  return at::scalar_tensor(total, at::kDouble);
}

void adam_update(const AdamStep& step, const at::Tensor& gradient, at::Tensor& weights, at::Tensor& first_moment,
                 at::Tensor& second_moment) {
  if constexpr (kWithCuda)
    if (weights.is_cuda()) return cuda::adam_update(step, gradient, weights, first_moment, second_moment);
  dispatch_flat(weights, [&]<class T>(T) {
    const AdamPlan<T> plan{step,
                           pointer<const T>(gradient),
                           pointer<T>(weights),
                           pointer<T>(first_moment),
                           pointer<T>(second_moment),
                           weights.numel()};
    run_flat(cpu_kernels<T>().adam, plan);
  });
}

void momentum_update(const MomentumStep& step, const at::Tensor& gradient, at::Tensor& weights, at::Tensor& velocity) {
  if constexpr (kWithCuda)
    if (weights.is_cuda()) return cuda::momentum_update(step, gradient, weights, velocity);
  dispatch_flat(weights, [&]<class T>(T) {
    const MomentumPlan<T> plan{step, pointer<const T>(gradient), pointer<T>(weights), pointer<T>(velocity),
                               weights.numel()};
    run_flat(cpu_kernels<T>().momentum, plan);
  });
}

void update_moving_average(double decay, const at::Tensor& weights, at::Tensor& average) {
  if constexpr (kWithCuda)
    if (weights.is_cuda()) return cuda::update_moving_average(decay, weights, average);
  dispatch_flat(weights, [&]<class T>(T) {
    const MovingAveragePlan<T> plan{decay, pointer<const T>(weights), pointer<T>(average), weights.numel()};
    run_flat(cpu_kernels<T>().moving_average, plan);
  });
}

}  // namespace heed

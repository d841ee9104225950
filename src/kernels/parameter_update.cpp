#include "kernels/parameter_update.h"

#include <ATen/ops/empty.h>
#include <ATen/ops/scalar_tensor.h>
#include <ATen/ops/sum.h>

#include <algorithm>

#include "kernels/cpu/cpu_kernels.h"
#include "kernels/cuda/cuda_kernels.h"
#include "kernels/dispatch.h"

namespace heed {
namespace {

constexpr int64_t kGrain = 16;  // groups
constexpr int64_t kCudaSums = 1 << 18;

template <class Plan>
void run_flat(Kernel<Plan> kernel, const Plan& plan) {
  run(kernel, plan, groups(plan.size, kElementGroup), kGrain);
}

// In an order that the number of sums alone decides.
at::Tensor total_of(const at::Tensor& sums) {
  if (sums.is_cuda()) return at::sum(sums);
  const double* values = sums.const_data_ptr<double>();
  double total = 0;
  for (int64_t i = 0; i < sums.numel(); ++i) total += values[i];
  return at::scalar_tensor(total, at::kDouble);
}

}  // namespace

at::Tensor squared_norm(const at::Tensor& flat) {
  const int64_t size = flat.numel();
  const int64_t num_sums = flat.is_cuda() ? std::min(size, kCudaSums) : groups(size, kElementGroup);
  const at::Tensor sums = at::empty({num_sums}, flat.options().dtype(at::kDouble));
  dispatch_flat_type(flat, [&]<class T>(T) {
    const SquaredSumsPlan<T> plan{pointer<const T>(flat), size, num_sums, pointer<double>(sums)};
    if constexpr (kWithCuda)
      if (flat.is_cuda()) return cuda::squared_sums(plan, flat.device());
    run_flat(cpu_kernels<T>().squared_sums, plan);
  });
  return total_of(sums);
}

void adam_update(const AdamStep& step, const at::Tensor& gradient, at::Tensor& weights, at::Tensor& first_moment,
                 at::Tensor& second_moment) {
  dispatch_flat_type(weights, [&]<class T>(T) {
    const AdamPlan<T> plan{step,
                           pointer<const T>(gradient),
                           pointer<T>(weights),
                           pointer<T>(first_moment),
                           pointer<T>(second_moment),
                           weights.numel()};
    if constexpr (kWithCuda)
      if (weights.is_cuda()) return cuda::adam(plan, weights.device());
    run_flat(cpu_kernels<T>().adam, plan);
  });
}

void momentum_update(const MomentumStep& step, const at::Tensor& gradient, at::Tensor& weights, at::Tensor& velocity) {
  dispatch_flat_type(weights, [&]<class T>(T) {
    const MomentumPlan<T> plan{step, pointer<const T>(gradient), pointer<T>(weights), pointer<T>(velocity),
                               weights.numel()};
    if constexpr (kWithCuda)
      if (weights.is_cuda()) return cuda::momentum(plan, weights.device());
    run_flat(cpu_kernels<T>().momentum, plan);
  });
}

void update_moving_average(double decay, const at::Tensor& weights, at::Tensor& average) {
  dispatch_flat_type(weights, [&]<class T>(T) {
    const MovingAveragePlan<T> plan{decay, pointer<const T>(weights), pointer<T>(average), weights.numel()};
    if constexpr (kWithCuda)
      if (weights.is_cuda()) return cuda::moving_average(plan, weights.device());
    run_flat(cpu_kernels<T>().moving_average, plan);
  });
}

}  // namespace heed

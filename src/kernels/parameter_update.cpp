#include "kernels/parameter_update.h"

#include <vector>

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

}  // namespace

double squared_norm(const at::Tensor& flat) {
  if constexpr (kWithCuda)
    if (flat.is_cuda()) return cuda::squared_norm(flat);
  const int64_t size = flat.numel(), count = groups(size, kElementGroup);
  std::vector<double> sums(static_cast<size_t>(count));
  dispatch_flat(flat, [&]<class T>(T) {
    parallel(count, kGrain, [&](int64_t begin, int64_t end) {
      cpu_kernels<T>().squared_sums(pointer<const T>(flat), size, sums.data(), begin, end);
    });
  });
  double total = 0;
  for (const double sum : sums) total += sum;
  return total;
}

void adam_update(const AdamPlan& plan, const at::Tensor& gradient, at::Tensor& weights, at::Tensor& first_moment,
                 at::Tensor& second_moment) {
  if constexpr (kWithCuda)
    if (weights.is_cuda()) return cuda::adam_update(plan, gradient, weights, first_moment, second_moment);
  const int64_t size = weights.numel();
  dispatch_flat(weights, [&]<class T>(T) {
    parallel(groups(size, kElementGroup), kGrain, [&](int64_t begin, int64_t end) {
      cpu_kernels<T>().adam(plan, pointer<const T>(gradient), pointer<T>(weights), pointer<T>(first_moment),
                            pointer<T>(second_moment), size, begin, end);
    });
  });
}

void momentum_update(const MomentumPlan& plan, const at::Tensor& gradient, at::Tensor& weights, at::Tensor& velocity) {
  if constexpr (kWithCuda)
    if (weights.is_cuda()) return cuda::momentum_update(plan, gradient, weights, velocity);
  const int64_t size = weights.numel();
  dispatch_flat(weights, [&]<class T>(T) {
    parallel(groups(size, kElementGroup), kGrain, [&](int64_t begin, int64_t end) {
      cpu_kernels<T>().momentum(plan, pointer<const T>(gradient), pointer<T>(weights), pointer<T>(velocity), size,
                                begin, end);
    });
  });
}

void update_moving_average(double decay, const at::Tensor& weights, at::Tensor& average) {
  if constexpr (kWithCuda)
    if (weights.is_cuda()) return cuda::update_moving_average(decay, weights, average);
  const int64_t size = weights.numel();
  dispatch_flat(weights, [&]<class T>(T) {
    parallel(groups(size, kElementGroup), kGrain, [&](int64_t begin, int64_t end) {
      cpu_kernels<T>().moving_average(decay, pointer<const T>(weights), pointer<T>(average), size, begin, end);
    });
  });
}

}  // namespace heed

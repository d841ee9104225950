#include <ATen/ops/empty.h>
#include <ATen/ops/sum.h>

#include "kernels/cuda/cuda_kernels.h"
#include "kernels/cuda/launch.cuh"
#include "kernels/cuda/sum_bodies.h"
#include "kernels/cuda/update_bodies.h"
#include "kernels/dispatch.h"

namespace heed::cuda {

at::Tensor squared_norm(const at::Tensor& flat) {
  constexpr int64_t kLanes = 1 << 18;  // fixed, so that the order of summation is
  const int64_t lanes = std::min(flat.numel(), kLanes);
  const at::Tensor sums = at::empty({lanes}, flat.options().dtype(at::kDouble));
  dispatch_flat_type(flat, [&]<class T>(T) {
    for_each_element(flat, lanes, SquaredSums<T>{pointer<const T>(flat), flat.numel(), lanes, pointer<double>(sums)});
  });
  return at::sum(sums);
}

void adam_update(const AdamStep& step, const at::Tensor& gradient, at::Tensor& weights, at::Tensor& first_moment,
                 at::Tensor& second_moment) {
  dispatch_flat_type(weights, [&]<class T>(T) {
    const AdamElement<T> body(step, pointer<const T>(gradient), pointer<T>(weights), pointer<T>(first_moment),
                              pointer<T>(second_moment));
    for_each_element(weights, weights.numel(), body);
  });
}

void momentum_update(const MomentumStep& step, const at::Tensor& gradient, at::Tensor& weights, at::Tensor& velocity) {
  dispatch_flat_type(weights, [&]<class T>(T) {
    const MomentumElement<T> body(step, pointer<const T>(gradient), pointer<T>(weights), pointer<T>(velocity));
    for_each_element(weights, weights.numel(), body);
  });
}

void update_moving_average(double decay, const at::Tensor& weights, at::Tensor& average) {
  dispatch_flat_type(weights, [&]<class T>(T) {
    for_each_element(
        weights, weights.numel(),
        MovingAverageElement<T>{static_cast<T>(1 - decay), pointer<const T>(weights), pointer<T>(average)});
  });
}

}  // namespace heed::cuda

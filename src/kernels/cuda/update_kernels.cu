#include "kernels/cuda/cuda_kernels.h"
#include "kernels/cuda/launch.cuh"
#include "kernels/cuda/sum_bodies.h"
#include "kernels/cuda/update_bodies.h"

namespace heed::cuda {

template <class A>
void squared_sums(const SquaredSumsPlan<A>& plan, c10::Device device) {
  for_each_element(device, plan.num_sums, SquaredSums<A>{plan});
}

template <class A>
void adam(const AdamPlan<A>& plan, c10::Device device) {
  for_each_element(device, plan.size, AdamElement<A>(plan));
}

template <class A>
void momentum(const MomentumPlan<A>& plan, c10::Device device) {
  for_each_element(device, plan.size, MomentumElement<A>(plan));
}

template <class A>
void moving_average(const MovingAveragePlan<A>& plan, c10::Device device) {
  for_each_element(device, plan.size, MovingAverageElement<A>(plan));
}

#define HEED_INSTANTIATE(A)                                              \
  template void squared_sums<A>(const SquaredSumsPlan<A>&, c10::Device); \
  template void adam<A>(const AdamPlan<A>&, c10::Device);                \
  template void momentum<A>(const MomentumPlan<A>&, c10::Device);        \
  template void moving_average<A>(const MovingAveragePlan<A>&, c10::Device);
HEED_INSTANTIATE(float)
HEED_INSTANTIATE(double)

}  // namespace heed::cuda

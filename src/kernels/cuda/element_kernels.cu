#include "kernels/cuda/cuda_kernels.h"
#include "kernels/cuda/element_bodies.h"
#include "kernels/cuda/launch.cuh"
#include "kernels/cuda/sum_bodies.h"

namespace heed::cuda {

template <class T>
void dropout_add(const DropoutAddPlan<T>& plan, c10::Device device) {
  for_each_item(device, plan.size, DropoutAdd<T>{plan});
}

template <class T>
void activation_forward(const ActivationPlan<T>& plan, c10::Device device) {
  for_each_item(device, plan.size, ActivationForward<T>{plan});
}

template <class T>
void activation_backward(const ActivationPlan<T>& plan, c10::Device device) {
  for_each_item(device, plan.size, ActivationBackward<T>{plan});
}

template <class T>
void gated_activation_forward(const GatedActivationPlan<T>& plan, c10::Device device) {
  for_each_element(device, plan.rows * plan.width, GatedActivationForward<T>{plan});
}

template <class T>
void gated_activation_backward(const GatedActivationPlan<T>& plan, c10::Device device) {
  for_each_element(device, plan.rows * plan.width, GatedActivationBackward<T>{plan});
}

template <class T>
void embed(const EmbedPlan<T>& plan, c10::Device device) {
  for_each_element(device, plan.rows * plan.width, Embed<T>{plan});
}

template <class T>
void scatter_add(const ScatterPlan<T>& plan, c10::Device device) {
  const int64_t size = plan.rows * plan.width;
  const Temporary<ArithmeticOf<T>> sums(device, size);
  for_each_element(device, size, RunPieceSums<T>{plan, sums.data()});
  for_each_element(device, size, AddRuns<T>{plan, sums.data()});
}

#define HEED_INSTANTIATE(T)                                                               \
  template void dropout_add<T>(const DropoutAddPlan<T>&, c10::Device);                    \
  template void activation_forward<T>(const ActivationPlan<T>&, c10::Device);             \
  template void activation_backward<T>(const ActivationPlan<T>&, c10::Device);            \
  template void gated_activation_forward<T>(const GatedActivationPlan<T>&, c10::Device);  \
  template void gated_activation_backward<T>(const GatedActivationPlan<T>&, c10::Device); \
  template void embed<T>(const EmbedPlan<T>&, c10::Device);                               \
  template void scatter_add<T>(const ScatterPlan<T>&, c10::Device);
HEED_INSTANTIATE(float)
HEED_INSTANTIATE(double)
HEED_INSTANTIATE(BFloat16)

}  // namespace heed::cuda

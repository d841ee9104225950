#include "kernels/cuda/cell_bodies.h"
#include "kernels/cuda/cuda_kernels.h"
#include "kernels/cuda/launch.cuh"
#include "kernels/cuda/row_attention_bodies.h"

namespace heed::cuda {

template <class T>
void gru_forward(const GruPlan<T>& plan, c10::Device device) {
  for_each_item(device, plan.rows * plan.width, GruForward<T>{plan});
}

template <class T>
void gru_backward(const GruPlan<T>& plan, c10::Device device) {
  for_each_item(device, plan.rows * plan.width, GruBackward<T>{plan});
}

template <class T>
void lstm_forward(const LstmPlan<T>& plan, c10::Device device) {
  for_each_item(device, plan.rows * plan.width, LstmForward<T>{plan});
}

template <class T>
void lstm_backward(const LstmPlan<T>& plan, c10::Device device) {
  for_each_item(device, plan.rows * plan.width, LstmBackward<T>{plan});
}

template <class T>
void row_attention_forward(const RowAttentionPlan<T>& plan, c10::Device device) {
  for_each_row_by_warps(device, plan.rows * plan.columns, RowScores<T>{plan});
  for_each_row_by_blocks(device, plan.rows, RowContext<T>{plan});
}

template <class T>
void row_attention_backward(const RowAttentionPlan<T>& plan, c10::Device device) {
  const int64_t pairs = plan.rows * plan.columns;
  const Temporary<ArithmeticOf<T>> weight_gradients(device, pairs);
  for_each_row_by_warps(device, pairs, RowWeightsBackward<T>{plan, weight_gradients.data()});
  for_each_row_by_blocks(device, plan.rows, RowScoresBackward<T>{plan, weight_gradients.data()});
}

#define HEED_INSTANTIATE(T)                                                        \
  template void gru_forward<T>(const GruPlan<T>&, c10::Device);                    \
  template void gru_backward<T>(const GruPlan<T>&, c10::Device);                   \
  template void lstm_forward<T>(const LstmPlan<T>&, c10::Device);                  \
  template void lstm_backward<T>(const LstmPlan<T>&, c10::Device);                 \
  template void row_attention_forward<T>(const RowAttentionPlan<T>&, c10::Device); \
  template void row_attention_backward<T>(const RowAttentionPlan<T>&, c10::Device);
HEED_INSTANTIATE(float)
HEED_INSTANTIATE(double)
HEED_INSTANTIATE(BFloat16)

}  // namespace heed::cuda

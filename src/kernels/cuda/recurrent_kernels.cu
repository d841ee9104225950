#include <ATen/ops/empty.h>

#include "kernels/cuda/cell_bodies.h"
#include "kernels/cuda/cuda_kernels.h"
#include "kernels/cuda/launch.cuh"
#include "kernels/cuda/row_attention_bodies.h"
#include "kernels/dispatch.h"

namespace heed::cuda {

template <class T>
void gru_forward(const GruPlan<T>& plan, const at::Tensor& hidden) {
  for_each_item(hidden, hidden.numel(), GruForward<T>{plan});
}

template <class T>
void gru_backward(const GruPlan<T>& plan, const at::Tensor& hidden) {
  for_each_item(hidden, hidden.numel(), GruBackward<T>{plan});
}

template <class T>
void lstm_forward(const LstmPlan<T>& plan, const at::Tensor& cell) {
  for_each_item(cell, cell.numel(), LstmForward<T>{plan});
}

template <class T>
void lstm_backward(const LstmPlan<T>& plan, const at::Tensor& cell) {
  for_each_item(cell, cell.numel(), LstmBackward<T>{plan});
}

template <class T>
void row_attention_forward(const RowAttentionPlan<T>& plan, const at::Tensor& query) {
  const int64_t rows = query.size(0);
  for_each_row_by_warps(query, rows * plan.columns, RowScores<T>{plan});
  for_each_row_by_blocks(query, rows, RowContext<T>{plan});
}

template <class T>
void row_attention_backward(const RowAttentionPlan<T>& plan, const at::Tensor& query) {
  const int64_t rows = query.size(0);
  const auto arithmetic = c10::CppTypeToScalarType<ArithmeticOf<T>>::value;
  const at::Tensor weight_gradients = at::empty({rows, plan.columns}, query.options().dtype(arithmetic));
  auto* gradients = pointer<ArithmeticOf<T>>(weight_gradients);
  for_each_row_by_warps(query, rows * plan.columns, RowWeightsBackward<T>{plan, gradients});
  for_each_row_by_blocks(query, rows, RowScoresBackward<T>{plan, gradients});
}

#define HEED_INSTANTIATE(T)                                                              \
  template void gru_forward<T>(const GruPlan<T>&, const at::Tensor&);                    \
  template void gru_backward<T>(const GruPlan<T>&, const at::Tensor&);                   \
  template void lstm_forward<T>(const LstmPlan<T>&, const at::Tensor&);                  \
  template void lstm_backward<T>(const LstmPlan<T>&, const at::Tensor&);                 \
  template void row_attention_forward<T>(const RowAttentionPlan<T>&, const at::Tensor&); \
  template void row_attention_backward<T>(const RowAttentionPlan<T>&, const at::Tensor&);
HEED_INSTANTIATE(float)
HEED_INSTANTIATE(double)
HEED_INSTANTIATE(BFloat16)

}  // namespace heed::cuda

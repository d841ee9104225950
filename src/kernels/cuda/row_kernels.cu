#include <algorithm>

#include "kernels/cuda/best_tokens_bodies.h"
#include "kernels/cuda/cuda_kernels.h"
#include "kernels/cuda/launch.cuh"
#include "kernels/cuda/row_bodies.h"
#include "kernels/cuda/sum_bodies.h"

namespace heed::cuda {
namespace {

// Adds the sums of `terms` over all rows to the targets.
template <class Terms>
void add_sums(c10::Device device, const Terms& terms, const SumTargets<typename Terms::A>& targets) {
  using A = typename Terms::A;
  constexpr int64_t kRowsPerPart = 64, kMostParts = 128, kAtOnce = 256;  // a step of a recurrent network has so many
  const int64_t rows = terms.plan.rows, width = Terms::kSums * terms.plan.width;
  if (rows == 0) return;
  const int64_t parts = rows <= kAtOnce ? 1 : std::min(kMostParts, (rows + kRowsPerPart - 1) / kRowsPerPart);
  if (parts <= 1) return launch_column_sums(device, terms, 1, targets);
  const Temporary<A> sums(device, parts * width);
  launch_column_sums(device, terms, parts, {sums.data(), nullptr, width, false});
  launch_column_sums(device, RowTerms<A>{{sums.data(), parts, width, nullptr}}, 1, targets);
}

}  // namespace

template <class T>
void layer_norm_forward(const LayerNormPlan<T>& plan, c10::Device device) {
  for_each_row_by_warps(device, plan.rows, LayerNormForward<T>{plan});
}

template <class T>
void layer_norm_backward(const LayerNormPlan<T>& plan, c10::Device device) {
  for_each_row_by_warps(device, plan.rows, LayerNormBackward<T>{plan});
  add_sums(device, LayerNormTerms<T>{plan}, {plan.gamma_gradient, plan.beta_gradient, plan.width, true});
}

template <class T>
void add_column_sums(const ColumnSumsPlan<T>& plan, c10::Device device) {
  add_sums(device, RowTerms<T>{plan}, {plan.sums, nullptr, plan.width, true});
}

template <class T>
void cross_entropy(const CrossEntropyPlan<T>& plan, c10::Device device) {
  for_each_row_by_blocks(device, plan.rows, CrossEntropyRow<T>{plan});
}

template <class T>
void best_tokens(const BestTokensPlan<T>& plan, c10::Device device) {
  for_each_row_by_blocks(device, plan.rows, BestTokensRow<T>{plan});
}

#define HEED_INSTANTIATE(T)                                                   \
  template void layer_norm_forward<T>(const LayerNormPlan<T>&, c10::Device);  \
  template void layer_norm_backward<T>(const LayerNormPlan<T>&, c10::Device); \
  template void add_column_sums<T>(const ColumnSumsPlan<T>&, c10::Device);    \
  template void cross_entropy<T>(const CrossEntropyPlan<T>&, c10::Device);    \
  template void best_tokens<T>(const BestTokensPlan<T>&, c10::Device);
HEED_INSTANTIATE(float)
HEED_INSTANTIATE(double)
HEED_INSTANTIATE(BFloat16)

}  // namespace heed::cuda

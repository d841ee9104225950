// Compiled once per instruction set with HEED_INSTRUCTION_SET as its name (cmake/kernels.cmake).
#include "kernels/cpu/attention_kernels.h"
#include "kernels/cpu/cell_kernels.h"
#include "kernels/cpu/column_kernels.h"
#include "kernels/cpu/cross_entropy_kernel.h"
#include "kernels/cpu/element_kernels.h"
#include "kernels/cpu/layer_norm_kernels.h"
#include "kernels/cpu/row_attention_kernels.h"
#include "kernels/cpu/update_kernels.h"

namespace heed::HEED_INSTRUCTION_SET {
namespace {

template <class T>
constexpr CpuKernels<T> table() {
  using A = ArithmeticOf<T>;
  return {.layer_norm_forward = layer_norm_forward<T>,
          .layer_norm_backward = layer_norm_backward<T>,
          .gated_activation_forward = gated_activation_forward<T>,
          .gated_activation_backward = gated_activation_backward<T>,
          .embed = embed<T>,
          .log_sum_exp = log_sum_exp<T>,
          .cross_entropy = cross_entropy<T>,
          .gru_forward = gru_forward<T>,
          .gru_backward = gru_backward<T>,
          .lstm_forward = lstm_forward<T>,
          .lstm_backward = lstm_backward<T>,
          .row_attention_forward = row_attention_forward<T>,
          .row_attention_backward = row_attention_backward<T>,
          .layer_norm_parameter_gradient = layer_norm_parameter_gradient<T>,
          .add_column_sums = add_column_sums<T>,
          .scatter_add = scatter_add<T>,
          .attention_forward = attention_forward<T>,
          .attention_backward = attention_backward<T>,
          .dropout_add = dropout_add<T>,
          .activation_forward = activation_forward<T>,
          .activation_backward = activation_backward<T>,
          .squared_sums = squared_sums<A>,
          .adam = adam<A>,
          .momentum = momentum<A>,
          .moving_average = moving_average<A>};
}

}  // namespace

extern const CpuKernels<float> kFloat;
extern const CpuKernels<double> kDouble;
extern const CpuKernels<BFloat16> kBFloat16;
const CpuKernels<float> kFloat = table<float>();
const CpuKernels<double> kDouble = table<double>();
const CpuKernels<BFloat16> kBFloat16 = table<BFloat16>();

}  // namespace heed::HEED_INSTRUCTION_SET

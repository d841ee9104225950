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

template <class T, class A>
constexpr CpuKernels<T, A> table() {
  return {layer_norm_forward<T, A>,
          layer_norm_backward<T, A>,
          layer_norm_parameter_gradient<T, A>,
          dropout_add<T, A>,
          activation_forward<T, A>,
          activation_backward<T, A>,
          add_column_sums<T, A>,
          embed<T, A>,
          scatter_add<T, A>,
          attention_forward<T>,
          attention_backward<T>,
          cross_entropy<T, A>,
          gru_forward<T>,
          gru_backward<T>,
          lstm_forward<T>,
          lstm_backward<T>,
          row_attention_forward<T>,
          row_attention_backward<T>,
          squared_sums<A>,
          adam<A>,
          momentum<A>,
          moving_average<A>};
}

}  // namespace

extern const CpuKernels<float, float> kFloat;
extern const CpuKernels<double, double> kDouble;
extern const CpuKernels<BFloat16, float> kBFloat16;
const CpuKernels<float, float> kFloat = table<float, float>();
const CpuKernels<double, double> kDouble = table<double, double>();
const CpuKernels<BFloat16, float> kBFloat16 = table<BFloat16, float>();

}  // namespace heed::HEED_INSTRUCTION_SET

#include "kernels/column_sums.h"

#include "kernels/cpu/cpu_kernels.h"
#include "kernels/cuda/cuda_kernels.h"
#include "kernels/dispatch.h"

namespace heed {

void add_column_sums(const at::Tensor& x, at::Tensor& sums) {
  if constexpr (kWithCuda)
    if (x.is_cuda()) return cuda::add_column_sums(x, sums);
  dispatch(x, [&]<class T>(T) {
    const ColumnSumsPlan<T> plan{pointer<const T>(x), x.size(0), x.size(1), pointer<ArithmeticOf<T>>(sums)};
    run(cpu_kernels<T>().add_column_sums, plan, groups(plan.width, kColumnGroup), 1);
  });
}

}  // namespace heed

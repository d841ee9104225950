#include "kernels/column_sums.h"

#include "kernels/cuda/cuda_kernels.h"
#include "kernels/dispatch.h"

namespace heed {

void add_column_sums(const at::Tensor& x, at::Tensor& sums) {
  if constexpr (kWithCuda)
    if (x.is_cuda()) return cuda::add_column_sums(x, sums);
  dispatch(x, [&]<class T>(T) {
    using A = ArithmeticOf<T>;
    parallel(groups(x.size(1), kColumnGroup), 1, [&](int64_t begin, int64_t end) {
      cpu_kernels<T, A>().add_column_sums(pointer<const T>(x), x.size(0), x.size(1), pointer<A>(sums), begin, end);
    });
  });
}

}  // namespace heed

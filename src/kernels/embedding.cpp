#include "kernels/embedding.h"

#include <ATen/ops/empty.h>

#include "kernels/cuda/cuda_kernels.h"
#include "kernels/dispatch.h"

namespace heed {

at::Tensor embed(const at::Tensor& table, const at::Tensor& ids, const at::Tensor& positions,
                 const at::Tensor& position_ids, double scale, const Dropout& dropout, at::ScalarType dtype) {
  if constexpr (kWithCuda)
    if (table.is_cuda()) return cuda::embed(table, ids, positions, position_ids, scale, dropout, dtype);
  const int64_t width = table.size(1);
  at::Tensor out = at::empty({ids.size(0), width}, table.options().dtype(dtype));
  dispatch(out, [&]<class T>(T) {
    using A = ArithmeticOf<T>;
    parallel(ids.size(0), 64, [&](int64_t begin, int64_t end) {
      cpu_kernels<T, A>().embed(pointer<const A>(table), pointer<const int64_t>(ids), pointer<const A>(positions),
                                pointer<const int64_t>(position_ids), scale, plan_of(dropout), width, pointer<T>(out),
                                begin, end);
    });
  });
  return out;
}

void embed_backward(const at::Tensor& gradient, const at::Tensor& ids, double scale, const Dropout& dropout,
                    at::Tensor& table_gradient) {
  if constexpr (kWithCuda)
    if (gradient.is_cuda()) return cuda::embed_backward(gradient, ids, scale, dropout, table_gradient);
  const int64_t width = table_gradient.size(1);
  dispatch(gradient, [&]<class T>(T) {
    using A = ArithmeticOf<T>;
    parallel(groups(width, kColumnGroup), 1, [&](int64_t begin, int64_t end) {
      cpu_kernels<T, A>().scatter_add(pointer<const T>(gradient), pointer<const int64_t>(ids), ids.size(0), scale,
                                      plan_of(dropout), width, pointer<A>(table_gradient), begin, end);
    });
  });
}

}  // namespace heed

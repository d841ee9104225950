#include "kernels/embedding.h"

#include <ATen/ops/empty.h>

#include "kernels/cpu/cpu_kernels.h"
#include "kernels/cuda/cuda_kernels.h"
#include "kernels/dispatch.h"

namespace heed {

at::Tensor embed(const at::Tensor& table, const EmbeddingLookup& lookup) {
  if constexpr (kWithCuda)
    if (table.is_cuda()) return cuda::embed(table, lookup);
  const int64_t rows = lookup.tokens.ids.size(0), width = table.size(1);
  at::Tensor out = at::empty({rows, width}, table.options().dtype(lookup.type));
  dispatch(out, [&]<class T>(T) {
    using A = ArithmeticOf<T>;
    const EmbedPlan<T> plan{.table = pointer<const A>(table),
                            .ids = pointer<const int64_t>(lookup.tokens.ids),
                            .positions = pointer<const A>(lookup.positions),
                            .position_ids = pointer<const int64_t>(lookup.tokens.positions),
                            .scale = lookup.scale,
                            .dropout = plan_of(lookup.dropout),
                            .width = width,
                            .out = pointer<T>(out)};
    run(cpu_kernels<T>().embed, plan, rows, 64);
  });
  return out;
}

void embed_backward(const at::Tensor& gradient, const RowIds& rows, double scale, const Dropout& dropout,
                    at::Tensor& table_gradient) {
  if constexpr (kWithCuda)
    if (gradient.is_cuda()) return cuda::embed_backward(gradient, rows, scale, dropout, table_gradient);
  const int64_t width = table_gradient.size(1);
  dispatch(gradient, [&]<class T>(T) {
    const ScatterPlan<T> plan{.dy = pointer<const T>(gradient),
                              .ids = pointer<const int64_t>(rows.ids),
                              .rows = rows.ids.size(0),
                              .width = width,
                              .scale = scale,
                              .dropout = plan_of(dropout),
                              .gradient = pointer<ArithmeticOf<T>>(table_gradient)};
    run(cpu_kernels<T>().scatter_add, plan, groups(width, kColumnGroup), 1);
  });
}

}  // namespace heed

#include "kernels/embedding.h"

#include <ATen/ops/sort.h>

#include "kernels/cpu/cpu_kernels.h"
#include "kernels/cuda/cuda_kernels.h"
#include "kernels/dispatch.h"

namespace heed {
namespace {

// What the kernels need of the ids: on a GPU also their order.
RowIds with_order(const RowIds& rows) {
  RowIds all = rows;
  if (all.ids.is_cuda() && !all.order.defined())
    std::tie(all.sorted_ids, all.order) = at::sort(all.ids, std::optional(true), /*dim=*/0, /*descending=*/false);
  return all;
}

}  // namespace

at::Tensor embed(const at::Tensor& table, const EmbeddingLookup& lookup) {
  const int64_t rows = lookup.tokens.ids.size(0), width = table.size(1);
  at::Tensor out = new_tensor({rows, width}, table.options().dtype(lookup.type));
  dispatch_type(out, [&]<class T>(T) {
    using A = ArithmeticOf<T>;
    const EmbedPlan<T> plan{.table = pointer<const A>(table),
                            .ids = pointer<const int64_t>(lookup.tokens.ids),
                            .positions = pointer<const A>(lookup.positions),
                            .position_ids = pointer<const int64_t>(lookup.tokens.positions),
                            .scale = lookup.scale,
                            .dropout = plan_of(lookup.dropout),
                            .rows = rows,
                            .width = width,
                            .out = pointer<T>(out)};
    if constexpr (kWithCuda)
      if (out.is_cuda()) return cuda::embed(plan, out.device());
    run(cpu_kernels<T>().embed, plan, rows, 64);
  });
  return out;
}

void embed_backward(const at::Tensor& gradient, const RowIds& rows, double scale, const Dropout& dropout,
                    at::Tensor& table_gradient) {
  if (rows.ids.size(0) == 0) return;
  const RowIds all = with_order(rows);
  dispatch_type(gradient, [&]<class T>(T) {
    const ScatterPlan<T> plan{.dy = pointer<const T>(gradient),
                              .ids = pointer<const int64_t>(all.ids),
                              .sorted_ids = pointer<const int64_t>(all.sorted_ids),
                              .order = pointer<const int64_t>(all.order),
                              .rows = all.ids.size(0),
                              .width = table_gradient.size(1),
                              .scale = scale,
                              .dropout = plan_of(dropout),
                              .gradient = pointer<ArithmeticOf<T>>(table_gradient)};
    if constexpr (kWithCuda)
      if (gradient.is_cuda()) return cuda::scatter_add(plan, gradient.device());
    run(cpu_kernels<T>().scatter_add, plan, groups(plan.width, kColumnGroup), 1);
  });
}

}  // namespace heed

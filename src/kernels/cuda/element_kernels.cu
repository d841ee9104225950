#include <ATen/ops/empty.h>
#include <ATen/ops/empty_like.h>
#include <ATen/ops/sort.h>

#include "kernels/cuda/cuda_kernels.h"
#include "kernels/cuda/element_bodies.h"
#include "kernels/cuda/launch.cuh"
#include "kernels/cuda/sum_bodies.h"
#include "kernels/dispatch.h"

namespace heed::cuda {

at::Tensor dropout_add(const at::Tensor& x, const std::optional<at::Tensor>& residual, const Dropout& dropout) {
  at::Tensor out = at::empty_like(x);
  dispatch_type(x, [&]<class T>(T) {
    const T* other = residual ? pointer<const T>(*residual) : nullptr;
    for_each_item(x, x.numel(), DropoutAdd<T>{pointer<const T>(x), other, plan_of(dropout), pointer<T>(out)});
  });
  return out;
}

at::Tensor activation_dropout(ActivationFunction f, const at::Tensor& x, const Dropout& dropout) {
  at::Tensor out = at::empty_like(x);
  dispatch_type(x, [&]<class T>(T) {
    for_each_item(x, x.numel(), ActivationForward<T>{f, pointer<const T>(x), plan_of(dropout), pointer<T>(out)});
  });
  return out;
}

at::Tensor activation_dropout_backward(ActivationFunction f, const at::Tensor& x, const at::Tensor& gradient,
                                       const Dropout& dropout) {
  at::Tensor out = at::empty_like(x);
  dispatch_type(x, [&]<class T>(T) {
    const ActivationBackward<T> body{f, pointer<const T>(x), pointer<const T>(gradient), plan_of(dropout),
                                     pointer<T>(out)};
    for_each_item(x, x.numel(), body);
  });
  return out;
}

at::Tensor embed(const at::Tensor& table, const EmbeddingLookup& lookup) {
  const int64_t width = table.size(1);
  at::Tensor out = at::empty({lookup.tokens.ids.size(0), width}, table.options().dtype(lookup.type));
  dispatch_type(out, [&]<class T>(T) {
    using A = ArithmeticOf<T>;
    const Embed<T> body{{pointer<const A>(table), pointer<const int64_t>(lookup.tokens.ids),
                         pointer<const A>(lookup.positions), pointer<const int64_t>(lookup.tokens.positions),
                         lookup.scale, plan_of(lookup.dropout), width, pointer<T>(out)}};
    for_each_element(out, out.numel(), body);
  });
  return out;
}

void embed_backward(const at::Tensor& gradient, const RowIds& given, double scale, const Dropout& dropout,
                    at::Tensor& table_gradient) {
  const int64_t rows = given.ids.size(0), width = table_gradient.size(1);
  if (rows == 0) return;
  at::Tensor sorted_ids = given.sorted_ids, order = given.order;
  if (!order.defined())
    std::tie(sorted_ids, order) = at::sort(given.ids, std::optional(true), /*dim=*/0, /*descending=*/false);
  const at::Tensor sums = at::empty({rows, width}, table_gradient.options());
  const auto *sorted = pointer<const int64_t>(sorted_ids), *from = pointer<const int64_t>(order);
  dispatch_type(gradient, [&]<class T>(T) {
    using A = ArithmeticOf<T>;
    for_each_element(
        gradient, rows * width,
        RunPieceSums<T>{pointer<const T>(gradient), sorted, from, rows, width, plan_of(dropout), pointer<A>(sums)});
    for_each_element(
        gradient, rows * width,
        AddRuns<A>{pointer<const A>(sums), sorted, rows, width, static_cast<A>(scale), pointer<A>(table_gradient)});
  });
}

}  // namespace heed::cuda

#include "kernels/row_attention.h"

#include <ATen/ops/empty.h>
#include <ATen/ops/zeros.h>

#include "kernels/column_sums.h"
#include "kernels/cpu/cpu_kernels.h"
#include "kernels/cuda/cuda_kernels.h"
#include "kernels/dispatch.h"
#include "tensor/arithmetic_type.h"

namespace heed {
namespace {

constexpr int64_t kGrain = 4;        // rows a thread takes at least
constexpr int64_t kColumnStep = 16;  // floats in a vector

template <class T>
RowAttentionPlan<T> plan_of(const RowAttentionInput& x, const at::Tensor& weights) {
  RowAttentionPlan<T> plan{};
  plan.query = pointer<const T>(x.query);
  plan.keys = pointer<const T>(x.keys);
  plan.values = pointer<const T>(x.values);
  plan.score_vector = pointer<const T>(x.score_vector);
  if (x.query.is_cuda()) {
    const auto& where = x.reach.on(x.query.device());
    plan.key_starts = pointer<const int32_t>(where.starts);
    plan.key_lengths = pointer<const int32_t>(where.lengths);
  } else {
    plan.key_starts = x.reach.starts().data();
    plan.key_lengths = x.reach.lengths().data();
  }
  plan.rows = x.query.size(0);
  plan.key_size = x.keys.size(1);
  plan.value_size = x.values.size(1);
  plan.columns = weights.size(1);
  plan.weights = pointer<ArithmeticOf<T>>(weights);
  return plan;
}

}  // namespace

RowAttention row_attention(const RowAttentionInput& x) {
  const int64_t rows = x.query.size(0), columns = groups(x.reach.max_length(), kColumnStep) * kColumnStep;
  const at::ScalarType type = x.values.scalar_type();
  RowAttention result{at::empty({rows, x.values.size(1)}, x.values.options()),
                      at::empty({rows, columns}, x.values.options().dtype(arithmetic_type(type)))};
  dispatch_type(x.query, [&]<class T>(T) {
    auto plan = plan_of<T>(x, result.weights);
    plan.output = pointer<T>(result.output);
    if constexpr (kWithCuda)
      if (x.query.is_cuda()) return cuda::row_attention_forward(plan, x.query.device());
    run(cpu_kernels<T>().row_attention_forward, plan, rows, kGrain);
  });
  return result;
}

void row_attention_backward(const RowAttentionInput& x, const at::Tensor& weights, const at::Tensor& output_gradient,
                            RowAttentionGradients& gradients) {
  const auto like_query = [&] {  // a CPU adds to it, a GPU writes it
    return x.query.is_cuda() ? at::empty(x.query.sizes(), weights.options())
                             : at::zeros(x.query.sizes(), weights.options());
  };
  const at::Tensor query = like_query(), score_rows = x.score_vector.defined() ? like_query() : at::Tensor();
  dispatch_type(x.query, [&]<class T>(T) {
    using A = ArithmeticOf<T>;
    auto plan = plan_of<T>(x, weights);
    plan.output_gradient = pointer<const T>(output_gradient);
    plan.query_gradient = pointer<A>(query);
    plan.keys_gradient = pointer<A>(gradients.keys);
    plan.values_gradient = pointer<A>(gradients.values);
    plan.score_gradient = pointer<A>(score_rows);
    if constexpr (kWithCuda)
      if (x.query.is_cuda()) return cuda::row_attention_backward(plan, x.query.device());
    run(cpu_kernels<T>().row_attention_backward, plan, x.query.size(0), kGrain);
  });
  gradients.query = query.to(x.query.scalar_type());
  if (x.score_vector.defined()) add_column_sums(score_rows, gradients.score_vector);
}

}  // namespace heed

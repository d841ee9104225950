#include "kernels/row_attention.h"

#include <ATen/TensorOperators.h>
#include <ATen/ops/arange.h>
#include <ATen/ops/bmm.h>
#include <ATen/ops/empty.h>
#include <ATen/ops/matmul.h>
#include <ATen/ops/minimum.h>
#include <ATen/ops/softmax.h>
#include <ATen/ops/tanh.h>
#include <ATen/ops/zeros.h>

#include <limits>

#include "kernels/column_sums.h"
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
  plan.key_starts = x.reach.starts().data();
  plan.key_lengths = x.reach.lengths().data();
  plan.key_size = x.keys.size(1);
  plan.value_size = x.values.size(1);
  plan.columns = weights.size(1);
  plan.weights = pointer<ArithmeticOf<T>>(weights);
  return plan;
}

}  // namespace

RowAttention row_attention(const RowAttentionInput& x) {
  if (!x.query.is_cpu()) return row_attention_composed(x);
  const int64_t rows = x.query.size(0), columns = groups(x.reach.max_length(), kColumnStep) * kColumnStep;
  const at::ScalarType type = x.values.scalar_type();
  RowAttention result{at::empty({rows, x.values.size(1)}, x.values.options()),
                      at::empty({rows, columns}, x.values.options().dtype(arithmetic_type(type)))};
  dispatch(x.query, [&]<class T>(T) {
    auto plan = plan_of<T>(x, result.weights);
    plan.output = pointer<T>(result.output);
    run(cpu_kernels<T>().row_attention_forward, plan, rows, kGrain);
  });
  return result;
}

RowAttention row_attention_composed(const RowAttentionInput& x) {
  const auto& where = x.reach.on(x.query.device());
  const at::Tensor starts = where.starts.narrow(0, 0, x.reach.size()).to(at::kLong).unsqueeze(1);
  const at::Tensor lengths = where.lengths.to(at::kLong).unsqueeze(1);
  const int64_t rows = x.query.size(0), longest = x.reach.max_length();
  const at::Tensor column = at::arange(longest, starts.options()).unsqueeze(0);     // (1, L)
  const at::Tensor index = (starts + at::minimum(column, lengths - 1)).flatten();   // padding repeats the last
  const at::Tensor keys = x.keys.index_select(0, index).view({rows, longest, -1});  // (R, L, A)
  const at::Tensor values = x.values.index_select(0, index).view({rows, longest, -1});
  const at::Tensor scores = x.score_vector.defined() ? at::matmul(at::tanh(x.query.unsqueeze(1) + keys), x.score_vector)
                                                     : at::bmm(keys, x.query.unsqueeze(2)).squeeze(2);  // (R, L)
  const at::Tensor weights =
      at::softmax(scores.masked_fill(column >= lengths, -std::numeric_limits<double>::infinity()), 1);
  return {at::bmm(weights.unsqueeze(1), values).squeeze(1), weights};
}

void row_attention_backward(const RowAttentionInput& x, const at::Tensor& weights, const at::Tensor& output_gradient,
                            RowAttentionGradients& gradients) {
  gradients.query = at::zeros(x.query.sizes(), weights.options());
  at::Tensor score_rows;
  if (x.score_vector.defined()) score_rows = at::zeros(x.query.sizes(), weights.options());
  dispatch(x.query, [&]<class T>(T) {
    using A = ArithmeticOf<T>;
    auto plan = plan_of<T>(x, weights);
    plan.output_gradient = pointer<const T>(output_gradient);
    plan.query_gradient = pointer<A>(gradients.query);
    plan.keys_gradient = pointer<A>(gradients.keys);
    plan.values_gradient = pointer<A>(gradients.values);
    plan.score_gradient = pointer<A>(score_rows);
    run(cpu_kernels<T>().row_attention_backward, plan, x.query.size(0), kGrain);
  });
  if (x.score_vector.defined()) add_column_sums(score_rows, gradients.score_vector);
}

}  // namespace heed

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
RowAttentionPlan<T> plan_of(const at::Tensor& query, const at::Tensor& keys, const at::Tensor& values,
                            const Segments& reach, const at::Tensor& score_vector, const at::Tensor& weights) {
  RowAttentionPlan<T> plan{};
  plan.query = pointer<const T>(query);
  plan.keys = pointer<const T>(keys);
  plan.values = pointer<const T>(values);
  plan.score_vector = pointer<const T>(score_vector);
  plan.key_starts = reach.starts().data();
  plan.key_lengths = reach.lengths().data();
  plan.key_size = keys.size(1);
  plan.value_size = values.size(1);
  plan.columns = weights.size(1);
  plan.weights = pointer<ArithmeticOf<T>>(weights);
  return plan;
}

}  // namespace

RowAttention row_attention(const at::Tensor& query, const at::Tensor& keys, const at::Tensor& values,
                           const Segments& reach, const at::Tensor& score_vector) {
  if (!query.is_cpu()) return row_attention_composed(query, keys, values, reach, score_vector);
  const int64_t rows = query.size(0), columns = groups(reach.max_length(), kColumnStep) * kColumnStep;
  RowAttention result{at::empty({rows, values.size(1)}, values.options()),
                      at::empty({rows, columns}, values.options().dtype(arithmetic_type(values.scalar_type())))};
  dispatch(query, [&]<class T>(T) {
    auto plan = plan_of<T>(query, keys, values, reach, score_vector, result.weights);
    plan.output = pointer<T>(result.output);
    const auto& kernels = cpu_kernels<T, ArithmeticOf<T>>();
    parallel(rows, kGrain, [&](int64_t begin, int64_t end) { kernels.row_attention_forward(plan, begin, end); });
  });
  return result;
}

RowAttention row_attention_composed(const at::Tensor& query, const at::Tensor& keys, const at::Tensor& values,
                                    const Segments& reach, const at::Tensor& score_vector) {
  const auto& where = reach.on(query.device());
  const at::Tensor starts = where.starts.narrow(0, 0, reach.size()).to(at::kLong).unsqueeze(1);
  const at::Tensor lengths = where.lengths.to(at::kLong).unsqueeze(1);
  const at::Tensor column = at::arange(reach.max_length(), starts.options()).unsqueeze(0);  // (1, L)
  const at::Tensor index = (starts + at::minimum(column, lengths - 1)).flatten();           // padding repeats the last
  const int64_t rows = query.size(0), longest = reach.max_length();
  const at::Tensor near_keys = keys.index_select(0, index).view({rows, longest, -1});  // (R, L, A)
  const at::Tensor near_values = values.index_select(0, index).view({rows, longest, -1});
  const at::Tensor scores = score_vector.defined() ? at::matmul(at::tanh(query.unsqueeze(1) + near_keys), score_vector)
                                                   : at::bmm(near_keys, query.unsqueeze(2)).squeeze(2);  // (R, L)
  const at::Tensor weights =
      at::softmax(scores.masked_fill(column >= lengths, -std::numeric_limits<double>::infinity()), 1);
  return {at::bmm(weights.unsqueeze(1), near_values).squeeze(1), weights};
}

void row_attention_backward(const at::Tensor& query, const at::Tensor& keys, const at::Tensor& values,
                            const Segments& reach, const at::Tensor& score_vector, const at::Tensor& weights,
                            const at::Tensor& output_gradient, RowAttentionGradients& gradients) {
  gradients.query = at::zeros(query.sizes(), weights.options());
  at::Tensor score_rows;
  if (score_vector.defined()) score_rows = at::zeros(query.sizes(), weights.options());
  dispatch(query, [&]<class T>(T) {
    using A = ArithmeticOf<T>;
    auto plan = plan_of<T>(query, keys, values, reach, score_vector, weights);
    plan.output_gradient = pointer<const T>(output_gradient);
    plan.query_gradient = pointer<A>(gradients.query);
    plan.keys_gradient = pointer<A>(gradients.keys);
    plan.values_gradient = pointer<A>(gradients.values);
    plan.score_gradient = pointer<A>(score_rows);
    const auto& kernels = cpu_kernels<T, A>();
    parallel(query.size(0), kGrain,
             [&](int64_t begin, int64_t end) { kernels.row_attention_backward(plan, begin, end); });
  });
  if (score_vector.defined()) add_column_sums(score_rows, gradients.score_vector);
}

}  // namespace heed

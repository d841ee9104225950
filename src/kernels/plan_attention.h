#pragma once

#include "kernels/attention_plan.h"
#include "kernels/attention_problem.h"
#include "kernels/dispatch.h"
#include "tensor/arithmetic_type.h"

// From an attention problem to what the kernels take, on any device. Private to src/kernels and its tests.

namespace heed {

inline void check_attention(const QueryKeyValue& x, const AttentionProblem& problem) {
  const auto has_rows = [](const at::Tensor& matrix) { return matrix.dim() == 2 && matrix.stride(1) == 1; };
  TORCH_CHECK(has_rows(x.query) && has_rows(x.key) && has_rows(x.value), "expected matrices with contiguous rows");
  TORCH_CHECK(problem.queries.size() == problem.keys.size(), "query and key segments differ in number");
  const int64_t heads = problem.num_heads, key_heads = problem.key_heads(), size = x.query.size(1) / heads;
  TORCH_CHECK(x.query.size(1) == heads * size, heads, " heads do not divide ", x.query.size(1));
  TORCH_CHECK(heads % key_heads == 0 && x.key.size(1) == key_heads * size && x.value.size(1) == key_heads * size,
              "expected ", key_heads, " key heads of ", size, ", got rows of ", x.key.size(1), " and ",
              x.value.size(1));
  TORCH_CHECK(problem.is_fused(), "no fused kernel for this score, normalizer or reach");
  const at::ScalarType type = arithmetic_type(x.query.scalar_type());
  const at::Tensor &key_bias = problem.key_bias, &distance_bias = problem.distance_bias;
  TORCH_CHECK(!key_bias.defined() || (key_bias.scalar_type() == type && key_bias.is_contiguous() &&
                                      key_bias.sizes() == at::IntArrayRef({x.key.size(0), key_heads})),
              "expected a key bias for each key and key head");
  TORCH_CHECK(!distance_bias.defined() ||
                  (distance_bias.scalar_type() == type && distance_bias.is_contiguous() && distance_bias.dim() == 2 &&
                   distance_bias.size(0) == heads && distance_bias.size(1) >= 2 * problem.keys.max_length() - 1 &&
                   distance_bias.size(1) % 2 == 1),
              "expected a distance bias for each head and distance");
}

// Segments of the CPU, or their copy on the device, which lives as long as they do.
template <class T>
void set_segments(AttentionPlan<T>& plan, const Segments& queries, const Segments& keys, c10::Device device) {
  plan.num_sentences = queries.size();
  plan.max_query_length = queries.max_length();
  plan.max_key_length = keys.max_length();
  if (device.is_cpu()) {
    plan.query_starts = queries.starts().data();
    plan.query_lengths = queries.lengths().data();
    plan.key_starts = keys.starts().data();
    plan.key_lengths = keys.lengths().data();
  } else {
    plan.query_starts = queries.on(device).starts.template const_data_ptr<int32_t>();
    plan.query_lengths = queries.on(device).lengths.template const_data_ptr<int32_t>();
    plan.key_starts = keys.on(device).starts.template const_data_ptr<int32_t>();
    plan.key_lengths = keys.on(device).lengths.template const_data_ptr<int32_t>();
  }
}

// Without what backward needs besides.
template <class T>
AttentionPlan<T> plan_attention(const QueryKeyValue& x, const AttentionProblem& problem) {
  check_attention(x, problem);
  AttentionPlan<T> plan{};
  plan.query = pointer<const T>(x.query);
  plan.key = pointer<const T>(x.key);
  plan.value = pointer<const T>(x.value);
  plan.query_stride = x.query.stride(0);
  plan.key_stride = x.key.stride(0);
  plan.value_stride = x.value.stride(0);
  plan.key_rows = pointer<const int32_t>(problem.key_rows);
  plan.num_query_rows = x.query.size(0);
  set_segments(plan, problem.queries, problem.keys, x.query.device());
  plan.num_heads = problem.num_heads;
  plan.num_key_heads = problem.key_heads();
  plan.head_size = x.query.size(1) / problem.num_heads;
  plan.scale = problem.scale_of(plan.head_size);
  plan.reach = problem.reach;
  plan.positions = problem.positions;
  plan.key_bias = pointer<const ArithmeticOf<T>>(problem.key_bias);
  plan.distance_bias = pointer<const ArithmeticOf<T>>(problem.distance_bias);
  plan.distances = problem.distance_bias.defined() ? problem.distance_bias.size(1) : 0;
  plan.dropout = plan_of(problem.dropout);
  plan.output_stride = x.query.size(1);
  return plan;
}

template <class T>
AttentionPlan<T> plan_attention_backward(const QueryKeyValue& x, const AttentionProblem& problem,
                                         const at::Tensor& output_gradient, const QueryKeyValue& gradients) {
  TORCH_CHECK(!problem.key_rows.defined(), "no gradients through a table of key rows");
  AttentionPlan<T> plan = plan_attention<T>(x, problem);
  plan.output_gradient = pointer<const T>(output_gradient);
  plan.query_gradient = pointer<T>(gradients.query);
  plan.key_gradient = pointer<T>(gradients.key);
  plan.value_gradient = pointer<T>(gradients.value);
  plan.query_gradient_stride = gradients.query.stride(0);
  plan.key_gradient_stride = gradients.key.stride(0);
  plan.value_gradient_stride = gradients.value.stride(0);
  return plan;
}

}  // namespace heed

#include "kernels/attention.h"

#include <ATen/ops/empty.h>

#include <cmath>

#include "kernels/cuda/cuda_kernels.h"
#include "kernels/cuda/flash_attention.h"
#include "kernels/dispatch.h"

namespace heed {
namespace {

void check_rows(const at::Tensor& matrix, const char* name) {
  TORCH_CHECK(matrix.dim() == 2 && matrix.stride(1) == 1, name, ": expected a matrix with contiguous rows");
}

// Pointers to host memory for the CPU, else to the segments' copy on the device, which lives as long as they do.
template <class T>
void set_segments(AttentionPlan<T>& plan, const Segments& queries, const Segments& keys, c10::Device device) {
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

template <class T>
AttentionPlan<T> plan_attention(const at::Tensor& query, const at::Tensor& key, const at::Tensor& value,
                                const Segments& query_segments, const Segments& key_segments,
                                const PackedAttention& options) {
  check_rows(query, "query");
  check_rows(key, "key");
  check_rows(value, "value");
  TORCH_CHECK(key.stride(0) == value.stride(0), "key and value must have the same row stride");
  TORCH_CHECK(query_segments.size() == key_segments.size(), "query and key segments differ in number");
  TORCH_CHECK(query.size(1) % options.num_heads == 0, options.num_heads, " heads do not divide ", query.size(1));
  AttentionPlan<T> plan{};
  plan.query = pointer<const T>(query);
  plan.key = pointer<const T>(key);
  plan.value = pointer<const T>(value);
  plan.query_stride = query.stride(0);
  plan.key_stride = key.stride(0);
  set_segments(plan, query_segments, key_segments, query.device());
  plan.num_heads = options.num_heads;
  plan.head_size = query.size(1) / options.num_heads;
  plan.max_key_length = key_segments.max_length();
  plan.scale = 1 / std::sqrt(static_cast<double>(plan.head_size));
  plan.causal = options.causal;
  plan.dropout = plan_of(options.dropout);
  plan.output_stride = query.size(1);
  return plan;
}

}  // namespace

at::Tensor packed_attention(const at::Tensor& query, const at::Tensor& key, const at::Tensor& value,
                            const Segments& query_segments, const Segments& key_segments,
                            const PackedAttention& options, const at::Tensor& key_rows) {
  if (query.is_cuda() && !key_rows.defined() && cuda::flash_fits(query, query_segments, key_segments, options))
    return cuda::flash_attention(query, key, value, query_segments, key_segments, options);
  at::Tensor output = at::empty({query.size(0), query.size(1)}, query.options());
  dispatch_type(query, [&]<class T>(T) {
    AttentionPlan<T> plan = plan_attention<T>(query, key, value, query_segments, key_segments, options);
    plan.key_rows = pointer<const int32_t>(key_rows);
    plan.output = pointer<T>(output);
    if constexpr (kWithCuda)
      if (query.is_cuda()) return cuda::attention_forward(plan, query, query_segments);
    require_cpu(query);
    parallel(query_segments.size() * options.num_heads, 1, [&](int64_t begin, int64_t end) {
      cpu_kernels<T, ArithmeticOf<T>>().attention_forward(plan, begin, end);
    });
  });
  return output;
}

void packed_attention_backward(const at::Tensor& query, const at::Tensor& key, const at::Tensor& value,
                               const Segments& query_segments, const Segments& key_segments,
                               const PackedAttention& options, const at::Tensor& output_gradient,
                               const std::tuple<at::Tensor, at::Tensor, at::Tensor>& gradients) {
  if (query.is_cuda() && cuda::flash_fits(query, query_segments, key_segments, options))
    return cuda::flash_attention_backward(query, key, value, query_segments, key_segments, options, output_gradient,
                                          gradients);
  dispatch_type(query, [&]<class T>(T) {
    AttentionPlan<T> plan = plan_attention<T>(query, key, value, query_segments, key_segments, options);
    const auto& [query_gradient, key_gradient, value_gradient] = gradients;
    plan.output_gradient = pointer<const T>(output_gradient);
    plan.query_gradient = pointer<T>(query_gradient);
    plan.key_gradient = pointer<T>(key_gradient);
    plan.value_gradient = pointer<T>(value_gradient);
    if constexpr (kWithCuda)
      if (query.is_cuda()) return cuda::attention_backward(plan, query, query_segments);
    require_cpu(query);
    parallel(query_segments.size() * options.num_heads, 1, [&](int64_t begin, int64_t end) {
      cpu_kernels<T, ArithmeticOf<T>>().attention_backward(plan, begin, end);
    });
  });
}

}  // namespace heed

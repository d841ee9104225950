#include "kernels/attention.h"

#include <ATen/ops/empty.h>

#include <cmath>

#include "kernels/cpu/cpu_kernels.h"
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
AttentionPlan<T> plan_attention(const QueryKeyValue& x, const PackedAttention& options) {
  const int64_t width = x.query.size(1);
  check_rows(x.query, "query");
  check_rows(x.key, "key");
  check_rows(x.value, "value");
  TORCH_CHECK(x.key.stride(0) == x.value.stride(0), "key and value must have the same row stride");
  TORCH_CHECK(options.queries.size() == options.keys.size(), "query and key segments differ in number");
  TORCH_CHECK(width % options.num_heads == 0, options.num_heads, " heads do not divide ", width);
  AttentionPlan<T> plan{};
  plan.query = pointer<const T>(x.query);
  plan.key = pointer<const T>(x.key);
  plan.value = pointer<const T>(x.value);
  plan.query_stride = x.query.stride(0);
  plan.key_stride = x.key.stride(0);
  plan.key_rows = pointer<const int32_t>(options.key_rows);
  set_segments(plan, options.queries, options.keys, x.query.device());
  plan.num_heads = options.num_heads;
  plan.head_size = width / options.num_heads;
  plan.max_key_length = options.keys.max_length();
  plan.scale = 1 / std::sqrt(static_cast<double>(plan.head_size));
  plan.causal = options.causal;
  plan.dropout = plan_of(options.dropout);
  plan.output_stride = width;
  return plan;
}

// Which of a GPU's kernels does it.
enum class CudaKernel { kShort, kFlash, kOwn };

CudaKernel cuda_kernel(const QueryKeyValue& x, const PackedAttention& options) {
  if constexpr (kWithCuda)
    if (cuda::short_attention_fits(x, options)) return CudaKernel::kShort;
  return cuda::flash_fits(x, options) ? CudaKernel::kFlash : CudaKernel::kOwn;
}

}  // namespace

at::Tensor packed_attention(const QueryKeyValue& x, const PackedAttention& options) {
  const CudaKernel kernel = x.query.is_cuda() ? cuda_kernel(x, options) : CudaKernel::kOwn;
  if (kernel == CudaKernel::kFlash) return cuda::flash_attention(x, options);
  at::Tensor output = at::empty({x.query.size(0), x.query.size(1)}, x.query.options());
  dispatch_type(x.query, [&]<class T>(T) {
    auto plan = plan_attention<T>(x, options);
    plan.output = pointer<T>(output);
    if constexpr (kWithCuda) {
      if constexpr (std::is_same_v<T, BFloat16>)
        if (kernel == CudaKernel::kShort) return cuda::short_attention_forward(plan, x.query, options);
      if (x.query.is_cuda()) return cuda::attention_forward(plan, x.query, options.queries);
    }
    require_cpu(x.query);
    run(cpu_kernels<T>().attention_forward, plan, options.queries.size() * options.num_heads, 1);
  });
  return output;
}

void packed_attention_backward(const QueryKeyValue& x, const PackedAttention& options,
                               const at::Tensor& output_gradient, const QueryKeyValue& gradients) {
  const CudaKernel kernel = x.query.is_cuda() ? cuda_kernel(x, options) : CudaKernel::kOwn;
  if (kernel == CudaKernel::kFlash) return cuda::flash_attention_backward(x, options, output_gradient, gradients);
  dispatch_type(x.query, [&]<class T>(T) {
    auto plan = plan_attention<T>(x, options);
    plan.output_gradient = pointer<const T>(output_gradient);
    plan.query_gradient = pointer<T>(gradients.query);
    plan.key_gradient = pointer<T>(gradients.key);
    plan.value_gradient = pointer<T>(gradients.value);
    if constexpr (kWithCuda) {
      if constexpr (std::is_same_v<T, BFloat16>)
        if (kernel == CudaKernel::kShort) return cuda::short_attention_backward(plan, x.query, options);
      if (x.query.is_cuda()) return cuda::attention_backward(plan, x.query, options.queries);
    }
    require_cpu(x.query);
    run(cpu_kernels<T>().attention_backward, plan, options.queries.size() * options.num_heads, 1);
  });
}

}  // namespace heed

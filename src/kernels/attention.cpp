#include "kernels/attention.h"

#include <ATen/ops/empty.h>
#include <ATen/ops/zeros.h>
#include <ATen/ops/zeros_like.h>

#include "kernels/column_sums.h"
#include "kernels/cpu/cpu_kernels.h"
#include "kernels/cuda/cuda_kernels.h"
#include "kernels/dropout_hash.h"
#include "kernels/flash_attention.h"
#include "kernels/plan_attention.h"

namespace heed {
namespace {

// Which of a GPU's kernels does it.
enum class CudaKernel { kShort, kFlash, kOwn };

template <class T>
CudaKernel cuda_kernel(const AttentionPlan<T>& plan, const QueryKeyValue& x, const AttentionProblem& problem) {
  if constexpr (kWithCuda && std::is_same_v<T, BFloat16>)
    if (cuda::short_attention_fits(plan, x.query.device())) return CudaKernel::kShort;
  return flash_fits(x, problem) ? CudaKernel::kFlash : CudaKernel::kOwn;
}

// Each sentence adds to a table of its own; these are summed in order.
at::Tensor sum_over_sentences(const at::Tensor& tables) {
  at::Tensor sums = at::zeros({tables.size(1) * tables.size(2)}, tables.options());
  add_column_sums(tables.flatten(1), sums);
  return sums.view({tables.size(1), tables.size(2)});
}

// Sentences and heads for a thread, if all were as long as the longest.
template <class T>
int64_t grain_of_items(const AttentionPlan<T>& plan) {
  const int64_t queries = plan.max_query_length * plan.num_heads / std::max<int64_t>(1, plan.num_key_heads);
  return grain_of(2 * (queries + 1) * plan.max_key_length * plan.head_size);
}

}  // namespace

at::Tensor packed_attention(const QueryKeyValue& x, const AttentionProblem& problem) {
  return dispatch_type(x.query, [&]<class T>(T) {
    auto plan = plan_attention<T>(x, problem);
    const CudaKernel kernel = x.query.is_cuda() ? cuda_kernel(plan, x, problem) : CudaKernel::kOwn;
    if (kernel == CudaKernel::kFlash) return flash_attention(x, problem);
    at::Tensor output = new_tensor({x.query.size(0), x.query.size(1)}, x.query.options());
    plan.output = pointer<T>(output);
    if constexpr (kWithCuda) {
      if constexpr (std::is_same_v<T, BFloat16>)
        if (kernel == CudaKernel::kShort) return cuda::short_attention_forward(plan, x.query.device()), output;
      if (x.query.is_cuda()) return cuda::attention_forward(plan, x.query.device()), output;
    }
    run(cpu_kernels<T>().attention_forward, plan, plan.num_sentences * plan.num_key_heads, grain_of_items(plan));
    return output;
  });
}

at::Tensor attention_dropout_factors(const AttentionProblem& problem, int64_t sentence) {
  const DropoutPlan plan = plan_of(problem.dropout);
  TORCH_CHECK(!plan.base, "dropout's key lies in the memory of a GPU");
  const auto b = static_cast<size_t>(sentence);
  const int64_t heads = problem.num_heads, queries = problem.queries.lengths()[b], keys = problem.keys.lengths()[b];
  at::Tensor factors = at::empty({heads, queries, keys}, at::kDouble);
  double* factor = factors.mutable_data_ptr<double>();
  for (int64_t head = 0; head < heads; ++head)
    for (int64_t i = 0; i < queries; ++i) {
      const uint64_t key = attention_dropout_key(plan.key, problem.queries.starts()[b] + i, head, heads);
      for (int64_t j = 0; j < keys; ++j) *factor++ = keep_factor<double>(plan, key, j);
    }
  return factors;
}

BiasGradients packed_attention_backward(const QueryKeyValue& x, const AttentionProblem& problem,
                                        const at::Tensor& output_gradient, const QueryKeyValue& gradients,
                                        bool of_distances) {
  at::Tensor key_bias, distance_bias;
  if (problem.key_bias.defined()) key_bias = at::zeros_like(problem.key_bias);
  if (const at::Tensor& bias = problem.distance_bias; bias.defined() && of_distances)
    distance_bias = at::zeros({problem.queries.size(), bias.size(0), bias.size(1)}, bias.options());
  dispatch_type(x.query, [&]<class T>(T) {
    auto plan = plan_attention_backward<T>(x, problem, output_gradient, gradients);
    plan.key_bias_gradient = pointer<ArithmeticOf<T>>(key_bias);
    plan.distance_bias_gradient = pointer<ArithmeticOf<T>>(distance_bias);
    const CudaKernel kernel = x.query.is_cuda() ? cuda_kernel(plan, x, problem) : CudaKernel::kOwn;
    if (kernel == CudaKernel::kFlash) return flash_attention_backward(x, problem, output_gradient, gradients);
    if constexpr (kWithCuda) {
      if constexpr (std::is_same_v<T, BFloat16>)
        if (kernel == CudaKernel::kShort) return cuda::short_attention_backward(plan, x.query.device());
      if (x.query.is_cuda()) return cuda::attention_backward(plan, x.query.device());
    }
    run(cpu_kernels<T>().attention_backward, plan, plan.num_sentences * plan.num_key_heads, grain_of_items(plan));
  });
  return {key_bias, distance_bias.defined() ? sum_over_sentences(distance_bias) : at::Tensor()};
}

}  // namespace heed

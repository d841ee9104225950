#include <ATen/ops/empty.h>

#include "kernels/cuda/attention_bodies.h"
#include "kernels/cuda/cuda_kernels.h"
#include "kernels/cuda/launch.cuh"
#include "kernels/cuda/step_attention_bodies.h"
#include "tensor/segments.h"

namespace heed::cuda {
namespace {

constexpr int64_t kMostTeams = 4;  // warps of a block, each with a row of its own
constexpr int64_t kSharedMemory = 48 << 10;

// body(team, head, row, step): rows row, row + step, ... are this warp's. blockIdx: sentence, head, part of the rows.
template <class T, class Body>
__device__ void for_rows_of_head(const AttentionPlan<T>& plan, Body body) {
  extern __shared__ double scratch[];
  const int64_t team = threadIdx.x / kWarp, teams = blockDim.x / kWarp;
  auto* own = reinterpret_cast<ArithmeticOf<T>*>(scratch) + team * attention_scratch(plan.head_size);
  const AttentionHead<T> head(plan, blockIdx.x, blockIdx.y, own);
  body(WarpTeam(), head, blockIdx.z * teams + team, gridDim.z * teams);
}

template <class T>
__global__ void run_forward(const __grid_constant__ AttentionPlan<T> plan) {
  for_rows_of_head(plan, [](const WarpTeam& team, const AttentionHead<T>& head, int64_t first, int64_t step) {
    for (int64_t i = first; i < head.num_queries; i += step) attention_query_forward(team, head, i);
  });
}

// statistics (H, Nq, 2), rows as those of the query.
template <class T>
__global__ void run_query_backward(const __grid_constant__ AttentionPlan<T> plan, ArithmeticOf<T>* statistics,
                                   int64_t rows) {
  for_rows_of_head(plan, [&](const WarpTeam& team, const AttentionHead<T>& head, int64_t first, int64_t step) {
    ArithmeticOf<T>* of_head = statistics + 2 * (head.head * rows + head.first_query);
    for (int64_t i = first; i < head.num_queries; i += step) attention_query_backward(team, head, i, of_head);
  });
}

template <class T>
__global__ void run_key_backward(const __grid_constant__ AttentionPlan<T> plan, const ArithmeticOf<T>* statistics,
                                 int64_t rows) {
  for_rows_of_head(plan, [&](const WarpTeam& team, const AttentionHead<T>& head, int64_t first, int64_t step) {
    const ArithmeticOf<T>* of_head = statistics + 2 * (head.head * rows + head.first_query);
    for (int64_t j = first; j < head.num_keys; j += step) attention_key_backward(team, head, j, of_head);
  });
}

struct Launch {
  dim3 grid;
  unsigned threads;
  size_t shared_bytes;
};

template <class T>
Launch plan_launch(const AttentionPlan<T>& plan, int64_t num_sentences, int64_t longest) {
  const int64_t bytes = attention_scratch(plan.head_size) * static_cast<int64_t>(sizeof(ArithmeticOf<T>));
  TORCH_CHECK(bytes <= kSharedMemory, "heads of ", plan.head_size, " are too large for the CUDA attention kernel");
  const int64_t teams = std::min(kMostTeams, kSharedMemory / bytes);
  const int64_t parts = std::clamp<int64_t>((longest + teams - 1) / teams, 1, 1 << 10);
  return {
      dim3(static_cast<unsigned>(num_sentences), static_cast<unsigned>(plan.num_heads), static_cast<unsigned>(parts)),
      static_cast<unsigned>(teams * kWarp), static_cast<size_t>(teams * bytes)};
}

}  // namespace

template <class T>
void attention_forward(const AttentionPlan<T>& plan, const at::Tensor& query, const Segments& query_segments) {
  if (query_segments.size() == 0) return;
  const StepAttention<T> step{plan};
  if (query_segments.max_length() == 1 && step.fits())
    return for_each_row_by_warps(query.device(), query_segments.size() * plan.num_heads, step);
  const c10::cuda::CUDAGuard guard(query.device());
  const Launch launch = plan_launch(plan, query_segments.size(), query_segments.max_length());
  const cudaStream_t stream = c10::cuda::getCurrentCUDAStream();
  run_forward<<<launch.grid, launch.threads, launch.shared_bytes, stream>>>(plan);
  C10_CUDA_KERNEL_LAUNCH_CHECK();
}

template <class T>
void attention_backward(const AttentionPlan<T>& plan, const at::Tensor& query, const Segments& query_segments) {
  if (query_segments.size() == 0) return;
  const c10::cuda::CUDAGuard guard(query.device());
  const int64_t rows = query.size(0);
  const at::ScalarType arithmetic = query.scalar_type() == at::kDouble ? at::kDouble : at::kFloat;
  const at::Tensor statistics = at::empty({plan.num_heads, rows, 2}, query.options().dtype(arithmetic));
  auto* values = static_cast<ArithmeticOf<T>*>(statistics.data_ptr());
  const cudaStream_t stream = c10::cuda::getCurrentCUDAStream();
  const Launch queries = plan_launch(plan, query_segments.size(), query_segments.max_length());
  run_query_backward<<<queries.grid, queries.threads, queries.shared_bytes, stream>>>(plan, values, rows);
  C10_CUDA_KERNEL_LAUNCH_CHECK();
  const Launch keys = plan_launch(plan, query_segments.size(), plan.max_key_length);
  run_key_backward<<<keys.grid, keys.threads, keys.shared_bytes, stream>>>(plan, values, rows);
  C10_CUDA_KERNEL_LAUNCH_CHECK();
}

#define HEED_INSTANTIATE(T)                                                                        \
  template void attention_forward<T>(const AttentionPlan<T>&, const at::Tensor&, const Segments&); \
  template void attention_backward<T>(const AttentionPlan<T>&, const at::Tensor&, const Segments&);
HEED_INSTANTIATE(float)
HEED_INSTANTIATE(double)
HEED_INSTANTIATE(BFloat16)

}  // namespace heed::cuda

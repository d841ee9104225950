#include <ATen/ops/empty.h>

#include "kernels/cuda/attention_backward_bodies.h"
#include "kernels/cuda/cuda_kernels.h"
#include "kernels/cuda/launch.cuh"
#include "kernels/cuda/step_attention_bodies.h"

namespace heed::cuda {
namespace {

constexpr int64_t kMostTeams = 4;  // warps of a block, each with a row of its own
constexpr int64_t kSharedMemory = 48 << 10;

// body(team, head, row, step): rows row, row + step, ... are this warp's. blockIdx: sentence, head or key head, part of
// the rows.
template <class T, class Body>
__device__ void for_rows_of_head(const AttentionPlan<T>& plan, int64_t head, Body body) {
  extern __shared__ double scratch[];
  const int64_t team = threadIdx.x / kWarp, teams = blockDim.x / kWarp;
  auto* own = reinterpret_cast<ArithmeticOf<T>*>(scratch) + team * attention_scratch(plan.head_size);
  const AttentionHead<T> at(plan, blockIdx.x, head, own);
  body(WarpTeam(), at, blockIdx.z * teams + team, gridDim.z * teams);
}

template <class T>
__global__ void run_forward(const __grid_constant__ AttentionPlan<T> plan) {
  const auto body = [](const WarpTeam& team, const AttentionHead<T>& head, int64_t first, int64_t step) {
    for (int64_t i = first; i < head.num_queries; i += step) attention_query_forward(team, head, i);
  };
  for_rows_of_head(plan, blockIdx.y, body);
}

template <class A>
struct Statistics {
  QueryStatistics<A>* values;  // (H, Nq)
  int64_t rows;
};

template <class T>
__global__ void run_query_backward(const __grid_constant__ AttentionPlan<T> plan, Statistics<ArithmeticOf<T>> all) {
  const auto body = [&](const WarpTeam& team, const AttentionHead<T>& head, int64_t first, int64_t step) {
    for (int64_t i = first; i < head.num_queries; i += step)
      attention_query_backward(team, head, i, statistics_of(head, all.values, all.rows));
  };
  for_rows_of_head(plan, blockIdx.y, body);
}

template <class T>
__global__ void run_key_backward(const __grid_constant__ AttentionPlan<T> plan, Statistics<ArithmeticOf<T>> all) {
  const auto body = [&](const WarpTeam& team, const AttentionHead<T>& head, int64_t first, int64_t step) {
    for (int64_t j = first; j < head.num_keys; j += step) attention_key_backward(team, head, j, all.values, all.rows);
  };
  for_rows_of_head(plan, blockIdx.y * plan.num_heads / plan.num_key_heads, body);
}

template <class T>
__global__ void run_distance_backward(const __grid_constant__ AttentionPlan<T> plan, Statistics<ArithmeticOf<T>> all) {
  const auto body = [&](const WarpTeam& team, const AttentionHead<T>& head, int64_t first, int64_t step) {
    for (int64_t column = first; column < plan.distances; column += step)
      attention_distance_backward(team, head, column, statistics_of(head, all.values, all.rows));
  };
  for_rows_of_head(plan, blockIdx.y, body);
}

// `heads` teams' worth of blocks for each sentence and part of `rows` rows.
template <class T, class... Arguments>
void launch(void (*kernel)(AttentionPlan<T>, Arguments...), const AttentionPlan<T>& plan, int64_t heads, int64_t rows,
            Arguments... arguments) {
  const int64_t bytes = attention_scratch(plan.head_size) * static_cast<int64_t>(sizeof(ArithmeticOf<T>));
  TORCH_CHECK(bytes <= kSharedMemory, "heads of ", plan.head_size, " are too large for the CUDA attention kernel");
  const int64_t teams = std::min(kMostTeams, kSharedMemory / bytes);
  const int64_t parts = std::clamp<int64_t>((rows + teams - 1) / teams, 1, 1 << 10);
  const dim3 grid(static_cast<unsigned>(plan.num_sentences), static_cast<unsigned>(heads),
                  static_cast<unsigned>(parts));
  kernel<<<grid, static_cast<unsigned>(teams * kWarp), static_cast<size_t>(teams * bytes),
           c10::cuda::getCurrentCUDAStream()>>>(plan, arguments...);
  C10_CUDA_KERNEL_LAUNCH_CHECK();
}

}  // namespace

template <class T>
void attention_forward(const AttentionPlan<T>& plan, c10::Device device) {
  if (plan.num_sentences == 0) return;
  const StepAttention<T> step{plan};
  if (plan.max_query_length == 1 && step.fits())
    return for_each_row_by_warps(device, plan.num_sentences * plan.num_heads, step);
  const c10::cuda::CUDAGuard guard(device);
  launch(run_forward<T>, plan, plan.num_heads, plan.max_query_length);
}

template <class T>
void attention_backward(const AttentionPlan<T>& plan, c10::Device device) {
  using A = ArithmeticOf<T>;
  if (plan.num_sentences == 0) return;
  const c10::cuda::CUDAGuard guard(device);
  const int64_t rows = plan.num_query_rows;
  const Temporary<A> numbers(device, 2 * plan.num_heads * rows);
  const Statistics<A> statistics{reinterpret_cast<QueryStatistics<A>*>(numbers.data()), rows};
  launch(run_query_backward<T>, plan, plan.num_heads, plan.max_query_length, statistics);
  launch(run_key_backward<T>, plan, plan.num_key_heads, plan.max_key_length, statistics);
  if (plan.distance_bias_gradient) launch(run_distance_backward<T>, plan, plan.num_heads, plan.distances, statistics);
}

#define HEED_INSTANTIATE(T)                                                 \
  template void attention_forward<T>(const AttentionPlan<T>&, c10::Device); \
  template void attention_backward<T>(const AttentionPlan<T>&, c10::Device);
HEED_INSTANTIATE(float)
HEED_INSTANTIATE(double)
HEED_INSTANTIATE(BFloat16)

}  // namespace heed::cuda

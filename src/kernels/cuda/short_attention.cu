#include <ATen/cuda/CUDAContext.h>
#include <mma.h>

#include "kernels/cuda/cuda_kernels.h"
#include "kernels/cuda/launch.cuh"
#include "kernels/cuda/short_attention_bodies.h"

namespace heed::cuda {
namespace {

constexpr unsigned kTeamThreads = 128;
constexpr int64_t kLongest = 64;
constexpr int64_t kVectorElements = 8;  // rows are read 16 bytes at a time

// Eight lanes of a warp.
struct EightLanes {
  static constexpr int kLanes = 8;
  __device__ int rank() const { return static_cast<int>(threadIdx.x) % kLanes; }
  __device__ int size() const { return kLanes; }
  __device__ float sum(float x) const {
    for (int offset = kLanes / 2; offset > 0; offset /= 2) x += __shfl_xor_sync(0xFFFFFFFFu, x, offset);
    return x;
  }
  __device__ float max(float x) const {
    for (int offset = kLanes / 2; offset > 0; offset /= 2) x = greater_of(x, __shfl_xor_sync(0xFFFFFFFFu, x, offset));
    return x;
  }
};

// A block: its warps multiply tiles, eight lanes each work on rows. All lanes of a warp have equally many rows, for
// those come in whole tiles.
struct TileTeam : BlockTeam {
  __device__ EightLanes row_team() const { return {}; }
  __device__ int row_rank() const { return rank() / EightLanes::kLanes; }
  __device__ int row_count() const { return size() / EightLanes::kLanes; }

  template <TileLayout kA, TileLayout kB, int kStrideOfA, int kStrideOfB, int kStrideOfC>
  __device__ void product(const TileProduct& p) const {
    namespace wmma = nvcuda::wmma;
    using ALayout = std::conditional_t<kA == TileLayout::kRows, wmma::row_major, wmma::col_major>;
    using BLayout = std::conditional_t<kB == TileLayout::kRows, wmma::row_major, wmma::col_major>;
    const auto* all_a = reinterpret_cast<const __nv_bfloat16*>(p.a);
    const auto* all_b = reinterpret_cast<const __nv_bfloat16*>(p.b);
    for (int tile = rank() / kWarp; tile < p.row_tiles * p.column_tiles; tile += size() / kWarp) {
      const int row = tile / p.column_tiles * kMatrixTile, column = tile % p.column_tiles * kMatrixTile;
      wmma::fragment<wmma::accumulator, 16, 16, 16, float> sum;
      wmma::fill_fragment(sum, 0.0f);
      for (int k = 0; k < p.sum_tiles * kMatrixTile; k += kMatrixTile) {
        wmma::fragment<wmma::matrix_a, 16, 16, 16, __nv_bfloat16, ALayout> a;
        wmma::fragment<wmma::matrix_b, 16, 16, 16, __nv_bfloat16, BLayout> b;
        wmma::load_matrix_sync(a, all_a + (kA == TileLayout::kRows ? row * kStrideOfA + k : k * kStrideOfA + row),
                               kStrideOfA);
        wmma::load_matrix_sync(b, all_b + (kB == TileLayout::kRows ? k * kStrideOfB + column : column * kStrideOfB + k),
                               kStrideOfB);
        wmma::mma_sync(sum, a, b, sum);
      }
      wmma::store_matrix_sync(p.c + row * kStrideOfC + column, sum, kStrideOfC, wmma::mem_row_major);
    }
  }
};

// blockIdx: sentence, head.
template <int kRows, int kHead>
__global__ void run_short_forward(const __grid_constant__ AttentionPlan<BFloat16> plan) {
  extern __shared__ __align__(128) char shared[];
  short_attention_forward<kRows, kHead>(TileTeam(), plan, blockIdx.x, blockIdx.y, shared);
}

template <int kRows, int kHead>
__global__ void run_short_backward(const __grid_constant__ AttentionPlan<BFloat16> plan) {
  extern __shared__ __align__(128) char shared[];
  short_attention_backward<kRows, kHead>(TileTeam(), plan, blockIdx.x, blockIdx.y, shared);
}

void launch(void (*kernel)(AttentionPlan<BFloat16>), const AttentionPlan<BFloat16>& plan, int bytes,
            c10::Device device) {
  if (plan.num_sentences == 0) return;
  const c10::cuda::CUDAGuard guard(device);
  C10_CUDA_CHECK(cudaFuncSetAttribute(kernel, cudaFuncAttributeMaxDynamicSharedMemorySize, bytes));
  const dim3 grid(static_cast<unsigned>(plan.num_sentences), static_cast<unsigned>(plan.num_heads));
  kernel<<<grid, kTeamThreads, static_cast<size_t>(bytes), c10::cuda::getCurrentCUDAStream()>>>(plan);
  C10_CUDA_KERNEL_LAUNCH_CHECK();
}

int64_t longest(const AttentionPlan<BFloat16>& plan) { return std::max(plan.max_query_length, plan.max_key_length); }

template <int kNumber>
using Constant = std::integral_constant<int, kNumber>;

// Calls body(rows, head size) with the sizes as constants.
template <class Body>
void dispatch_sizes(const AttentionPlan<BFloat16>& plan, Body body) {
  const auto with_rows = [&](auto head) {
    longest(plan) <= 32 ? body(Constant<32>(), head) : body(Constant<kLongest>(), head);
  };
  switch (plan.head_size) {
    case 16:
      return with_rows(Constant<16>());
    case 32:
      return with_rows(Constant<32>());
    case 64:
      return with_rows(Constant<64>());
    default:
      return with_rows(Constant<128>());
  }
}

bool has_kernel(int64_t head_size) { return head_size == 16 || head_size == 32 || head_size == 64 || head_size == 128; }

// The backward kernel's memory: of heads of 128 only some generations have enough.
bool has_memory(const AttentionPlan<BFloat16>& plan, c10::Device device) {
  int64_t bytes = 0;
  dispatch_sizes(plan, [&]<int kRows, int kHead>(Constant<kRows>, Constant<kHead>) {
    bytes = ShortTiles<kRows, kHead>::kBackwardBytes;
  });
  return bytes <= static_cast<int64_t>(at::cuda::getDeviceProperties(device.index())->sharedMemPerBlockOptin);
}

bool in_vectors(const AttentionPlan<BFloat16>& plan) {
  return plan.query_stride % kVectorElements == 0 && plan.key_stride % kVectorElements == 0 &&
         plan.value_stride % kVectorElements == 0 && is_aligned(plan.query) && is_aligned(plan.key) &&
         is_aligned(plan.value);
}

}  // namespace

bool short_attention_fits(const AttentionPlan<BFloat16>& plan, c10::Device device) {
  const bool plain = !plan.key_rows && !plan.key_bias && !plan.distance_bias && plan.num_key_heads == plan.num_heads &&
                     plan.reach.stride == 1;
  return plain && has_kernel(plan.head_size) && longest(plan) <= kLongest && plan.max_query_length > 1 &&
         in_vectors(plan) && has_memory(plan, device);
}

void short_attention_forward(const AttentionPlan<BFloat16>& plan, c10::Device device) {
  dispatch_sizes(plan, [&]<int kRows, int kHead>(Constant<kRows>, Constant<kHead>) {
    launch(run_short_forward<kRows, kHead>, plan, ShortTiles<kRows, kHead>::kForwardBytes, device);
  });
}

void short_attention_backward(const AttentionPlan<BFloat16>& plan, c10::Device device) {
  dispatch_sizes(plan, [&]<int kRows, int kHead>(Constant<kRows>, Constant<kHead>) {
    launch(run_short_backward<kRows, kHead>, plan, ShortTiles<kRows, kHead>::kBackwardBytes, device);
  });
}

}  // namespace heed::cuda

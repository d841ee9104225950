#include <mma.h>

#include "kernels/cuda/cuda_kernels.h"
#include "kernels/cuda/launch.cuh"
#include "kernels/cuda/short_attention_bodies.h"

namespace heed::cuda {
namespace {

constexpr unsigned kTeamThreads = 128;
constexpr int64_t kLargestHead = 128;
constexpr int64_t kVectorElements = 8;  // rows are read 16 bytes at a time

// A block whose warps multiply tiles and work on rows.
struct TileTeam : BlockTeam {
  __device__ WarpTeam row_team() const { return {}; }
  __device__ int row_rank() const { return rank() / kWarp; }
  __device__ int row_count() const { return size() / kWarp; }

  template <TileLayout kA, TileLayout kB>
  __device__ void product(const TileProduct& p) const {
    namespace wmma = nvcuda::wmma;
    using ALayout = std::conditional_t<kA == TileLayout::kRows, wmma::row_major, wmma::col_major>;
    using BLayout = std::conditional_t<kB == TileLayout::kRows, wmma::row_major, wmma::col_major>;
    const auto* all_a = reinterpret_cast<const __nv_bfloat16*>(p.a);
    const auto* all_b = reinterpret_cast<const __nv_bfloat16*>(p.b);
    const int columns = static_cast<int>(p.column_tiles), tiles = static_cast<int>(p.row_tiles) * columns;
    for (int tile = row_rank(); tile < tiles; tile += row_count()) {
      const int64_t row = tile / columns * kMatrixTile, column = tile % columns * kMatrixTile;
      wmma::fragment<wmma::accumulator, 16, 16, 16, float> sum;
      wmma::fill_fragment(sum, 0.0f);
      for (int64_t k = 0; k < p.sum_tiles * kMatrixTile; k += kMatrixTile) {
        wmma::fragment<wmma::matrix_a, 16, 16, 16, __nv_bfloat16, ALayout> a;
        wmma::fragment<wmma::matrix_b, 16, 16, 16, __nv_bfloat16, BLayout> b;
        const auto a_stride = static_cast<unsigned>(p.a_stride), b_stride = static_cast<unsigned>(p.b_stride);
        wmma::load_matrix_sync(a, all_a + (kA == TileLayout::kRows ? row * p.a_stride + k : k * p.a_stride + row), a_stride);
        wmma::load_matrix_sync(b, all_b + (kB == TileLayout::kRows ? k * p.b_stride + column : column * p.b_stride + k),
                               b_stride);
        wmma::mma_sync(sum, a, b, sum);
      }
      wmma::store_matrix_sync(p.c + row * p.c_stride + column, sum, static_cast<unsigned>(p.c_stride), wmma::mem_row_major);
    }
  }
};

// blockIdx: sentence, head.
__global__ void run_short_forward(const __grid_constant__ AttentionPlan<BFloat16> plan, int64_t longest) {
  extern __shared__ __align__(128) char shared[];
  const ShortTiles tiles(longest, plan.head_size);
  short_attention_forward(TileTeam(), plan, tiles, blockIdx.x, blockIdx.y, shared);
}

__global__ void run_short_backward(const __grid_constant__ AttentionPlan<BFloat16> plan, int64_t longest) {
  extern __shared__ __align__(128) char shared[];
  const ShortTiles tiles(longest, plan.head_size);
  short_attention_backward(TileTeam(), plan, tiles, blockIdx.x, blockIdx.y, shared);
}

using ShortKernel = void (*)(const AttentionPlan<BFloat16>, int64_t);

void launch_short(ShortKernel kernel, const AttentionPlan<BFloat16>& plan, const PackedAttention& options, int64_t bytes,
                  const at::Tensor& like) {
  if (options.queries.size() == 0) return;
  const c10::cuda::CUDAGuard guard(like.device());
  const int64_t longest = std::max(options.queries.max_length(), options.keys.max_length());
  C10_CUDA_CHECK(cudaFuncSetAttribute(kernel, cudaFuncAttributeMaxDynamicSharedMemorySize, static_cast<int>(bytes)));
  const dim3 grid(static_cast<unsigned>(options.queries.size()), static_cast<unsigned>(plan.num_heads));
  kernel<<<grid, kTeamThreads, static_cast<size_t>(bytes), c10::cuda::getCurrentCUDAStream()>>>(plan, longest);
  C10_CUDA_KERNEL_LAUNCH_CHECK();
}

ShortTiles tiles_of(const AttentionPlan<BFloat16>& plan, const PackedAttention& options) {
  return {std::max(options.queries.max_length(), options.keys.max_length()), plan.head_size};
}

bool starts_in_vectors(const at::Tensor& rows) {
  return rows.stride(0) % kVectorElements == 0 && reinterpret_cast<uintptr_t>(rows.const_data_ptr()) % 16 == 0;
}

}  // namespace

bool short_attention_fits(const QueryKeyValue& x, const PackedAttention& options) {
  const int64_t head_size = x.query.size(1) / options.num_heads;
  return x.query.scalar_type() == at::kBFloat16 && head_size % kMatrixTile == 0 && head_size <= kLargestHead &&
         std::max(options.queries.max_length(), options.keys.max_length()) <= kLongestShortSentence &&
         !options.key_rows.defined() && starts_in_vectors(x.query) && starts_in_vectors(x.key) && starts_in_vectors(x.value);
}

void short_attention_forward(const AttentionPlan<BFloat16>& plan, const at::Tensor& like, const PackedAttention& options) {
  launch_short(run_short_forward, plan, options, tiles_of(plan, options).forward_bytes(), like);
}

void short_attention_backward(const AttentionPlan<BFloat16>& plan, const at::Tensor& like, const PackedAttention& options) {
  launch_short(run_short_backward, plan, options, tiles_of(plan, options).backward_bytes(), like);
}

}  // namespace heed::cuda

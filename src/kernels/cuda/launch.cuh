#pragma once

#include <ATen/core/Tensor.h>
#include <c10/cuda/CUDAException.h>
#include <c10/cuda/CUDAGuard.h>
#include <c10/cuda/CUDAStream.h>

#include <algorithm>

#include "kernels/cuda/team.h"

// Teams of a GPU, and launches of a body over elements or rows.

namespace heed::cuda {

constexpr int kThreads = 256;
constexpr int kWarp = 32;

template <class A>
__device__ inline A greater_of(A a, A b) {
  return a > b ? a : b;
}

struct WarpTeam {
  __device__ int rank() const { return static_cast<int>(threadIdx.x) % kWarp; }
  __device__ int size() const { return kWarp; }
  __device__ void sync() const { __syncwarp(); }
  // Butterflies: each lane adds the same pairs, so all get the same bits.
  template <class A>
  __device__ A sum(A x) const {
    for (int offset = kWarp / 2; offset > 0; offset /= 2) x += __shfl_xor_sync(0xFFFFFFFFu, x, offset);
    return x;
  }
  template <class A>
  __device__ A max(A x) const {
    for (int offset = kWarp / 2; offset > 0; offset /= 2) x = greater_of(x, __shfl_xor_sync(0xFFFFFFFFu, x, offset));
    return x;
  }
};

struct BlockTeam {
  __device__ int rank() const { return static_cast<int>(threadIdx.x); }
  __device__ int size() const { return static_cast<int>(blockDim.x); }
  __device__ void sync() const { __syncthreads(); }
  template <class A>
  __device__ A sum(A x) const {
    const A* of_warps = share(WarpTeam().sum(x));
    A total = of_warps[0];
    for (int warp = 1; warp < size() / kWarp; ++warp) total += of_warps[warp];
    sync();  // the shared memory may be written again
    return total;
  }
  template <class A>
  __device__ A max(A x) const {
    const A* of_warps = share(WarpTeam().max(x));
    A top = of_warps[0];
    for (int warp = 1; warp < size() / kWarp; ++warp) top = greater_of(top, of_warps[warp]);
    sync();
    return top;
  }

 private:
  template <class A>
  __device__ const A* share(A of_warp) const {
    __shared__ A of_warps[kThreads / kWarp];
    if (rank() % kWarp == 0) of_warps[rank() / kWarp] = of_warp;
    sync();
    return of_warps;
  }
};

template <class Body>
__global__ void run_over_elements(int64_t size, Body body) {
  const int64_t step = static_cast<int64_t>(gridDim.x) * blockDim.x;
  for (int64_t i = static_cast<int64_t>(blockIdx.x) * blockDim.x + threadIdx.x; i < size; i += step) body(i);
}

template <class Body>
__global__ void run_rows_by_warps(int64_t rows, Body body) {
  const int64_t row = static_cast<int64_t>(blockIdx.x) * (kThreads / kWarp) + threadIdx.x / kWarp;
  if (row < rows) body(WarpTeam(), row);
}

template <class Body>
__global__ void run_rows_by_blocks(Body body) {
  body(BlockTeam(), static_cast<int64_t>(blockIdx.x));
}

// body(i) for i in [0, size), on the device of `like`.
template <class Body>
void for_each_element(const at::Tensor& like, int64_t size, Body body) {
  constexpr int64_t kMaxBlocks = 1 << 20;
  if (size == 0) return;
  const c10::cuda::CUDAGuard guard(like.device());
  const auto blocks = static_cast<unsigned>(std::min<int64_t>((size + kThreads - 1) / kThreads, kMaxBlocks));
  run_over_elements<<<blocks, kThreads, 0, c10::cuda::getCurrentCUDAStream()>>>(size, body);
  C10_CUDA_KERNEL_LAUNCH_CHECK();
}

// body(team, row) for rows in [0, rows): a warp each, for rows of a few hundred elements.
template <class Body>
void for_each_row_by_warps(const at::Tensor& like, int64_t rows, Body body) {
  if (rows == 0) return;
  const c10::cuda::CUDAGuard guard(like.device());
  const auto blocks = static_cast<unsigned>((rows * kWarp + kThreads - 1) / kThreads);
  run_rows_by_warps<<<blocks, kThreads, 0, c10::cuda::getCurrentCUDAStream()>>>(rows, body);
  C10_CUDA_KERNEL_LAUNCH_CHECK();
}

// A block each, for rows as long as a vocabulary.
template <class Body>
void for_each_row_by_blocks(const at::Tensor& like, int64_t rows, Body body) {
  if (rows == 0) return;
  const c10::cuda::CUDAGuard guard(like.device());
  run_rows_by_blocks<<<static_cast<unsigned>(rows), kThreads, 0, c10::cuda::getCurrentCUDAStream()>>>(body);
  C10_CUDA_KERNEL_LAUNCH_CHECK();
}

}  // namespace heed::cuda

#pragma once

#include <ATen/core/Tensor.h>
#include <ATen/ops/empty.h>
#include <c10/core/Device.h>
#include <c10/cuda/CUDAException.h>
#include <c10/cuda/CUDAGuard.h>
#include <c10/cuda/CUDAStream.h>

#include <algorithm>

#include "kernels/cuda/items.h"
#include "kernels/cuda/sum_bodies.h"
#include "kernels/cuda/team.h"

// Teams of a GPU, memory for what passes between its kernels, and launches of a body over elements, rows or columns.

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
    return sum_across(x, 1);
  }
  template <class A>
  __device__ A sum_across(A x, int size) const {
    for (int offset = kWarp / 2; offset >= size; offset /= 2) x += __shfl_xor_sync(0xFFFFFFFFu, x, offset);
    return x;
  }
  template <class A>
  __device__ A sum_of_neighbours(A x, int size) const {
    for (int offset = size / 2; offset > 0; offset /= 2) x += __shfl_xor_sync(0xFFFFFFFFu, x, offset);
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

// Uninitialised device memory between the kernels of one function. Those that are launched when it goes may still use
// it: LibTorch gives it to later kernels of the same stream.
template <class A>
class Temporary {
 public:
  Temporary(c10::Device device, int64_t size)
      : memory_(at::empty({size}, at::TensorOptions(device).dtype(c10::CppTypeToScalarType<A>::value))) {}
  A* data() const { return memory_.template mutable_data_ptr<A>(); }

 private:
  at::Tensor memory_;
};

template <class Body>
__global__ void run_over_elements(int64_t size, Body body) {
  const int64_t step = static_cast<int64_t>(gridDim.x) * blockDim.x;
  for (int64_t i = static_cast<int64_t>(blockIdx.x) * blockDim.x + threadIdx.x; i < size; i += step) body(i);
}

template <class Body>
__global__ void run_over_vectors(int64_t size, Body body) {
  constexpr int n = kVector<typename Body::Element>;
  const int64_t vectors = size / n, step = static_cast<int64_t>(gridDim.x) * blockDim.x;
  const int64_t mine = static_cast<int64_t>(blockIdx.x) * blockDim.x + threadIdx.x;
  for (int64_t i = mine; i < vectors; i += step) body.template items<n>(i * n);
  if (mine < size - vectors * n) body.template items<1>(vectors * n + mine);
}

template <class Body>
__global__ void run_over_items(int64_t size, Body body) {
  const int64_t step = static_cast<int64_t>(gridDim.x) * blockDim.x;
  for (int64_t i = static_cast<int64_t>(blockIdx.x) * blockDim.x + threadIdx.x; i < size; i += step)
    body.template items<1>(i);
}

template <int n, class Body>
__global__ void run_rows_by_warps(int64_t rows, Body body) {
  const int64_t row = static_cast<int64_t>(blockIdx.x) * (kThreads / kWarp) + threadIdx.x / kWarp;
  if (row < rows) body.template row<n>(WarpTeam(), row);
}

template <int n, class Body>
__global__ void run_rows_by_blocks(Body body) {
  body.template row<n>(BlockTeam(), static_cast<int64_t>(blockIdx.x));
}

// blockIdx: block of columns, part of the rows; the sums of a part lie behind those of the one before it.
template <int n, class Terms>
__global__ void run_column_sums(Terms terms, int64_t rows_per_part, SumTargets<typename Terms::A> targets) {
  __shared__ typename Terms::A shared[kThreads * n * Terms::kSums];
  const int64_t first = blockIdx.y * rows_per_part, end = first + rows_per_part;
  const int64_t size = Terms::kSums * terms.plan.width;
  SumTargets<typename Terms::A> own = targets;
  if (gridDim.y > 1) own = {targets.first + blockIdx.y * size, nullptr, size, false};
  column_sums<n>(BlockTeam(), terms, first, end < terms.plan.rows ? end : terms.plan.rows, blockIdx.x, shared, own);
}

inline unsigned blocks_for(int64_t threads) {
  constexpr int64_t kMaxBlocks = 1 << 20;
  return static_cast<unsigned>(std::min<int64_t>((threads + kThreads - 1) / kThreads, kMaxBlocks));
}

// body(i) for i in [0, size), on the device.
template <class Body>
void for_each_element(c10::Device device, int64_t size, Body body) {
  if (size == 0) return;
  const c10::cuda::CUDAGuard guard(device);
  run_over_elements<<<blocks_for(size), kThreads, 0, c10::cuda::getCurrentCUDAStream()>>>(size, body);
  C10_CUDA_KERNEL_LAUNCH_CHECK();
}

// body.items<n>(first) for all of [0, size), in vectors where the body's memory allows it.
template <class Body>
void for_each_item(c10::Device device, int64_t size, Body body) {
  if (size == 0) return;
  const c10::cuda::CUDAGuard guard(device);
  const cudaStream_t stream = c10::cuda::getCurrentCUDAStream();
  constexpr int n = kVector<typename Body::Element>;
  if (body.aligned())
    run_over_vectors<<<blocks_for((size + n - 1) / n), kThreads, 0, stream>>>(size, body);
  else
    run_over_items<<<blocks_for(size), kThreads, 0, stream>>>(size, body);
  C10_CUDA_KERNEL_LAUNCH_CHECK();
}

// body.row<n>(team, row) for rows in [0, rows): a warp each, for rows of a few hundred elements.
template <class Body>
void for_each_row_by_warps(c10::Device device, int64_t rows, Body body) {
  if (rows == 0) return;
  const c10::cuda::CUDAGuard guard(device);
  const cudaStream_t stream = c10::cuda::getCurrentCUDAStream();
  const auto blocks = static_cast<unsigned>((rows * kWarp + kThreads - 1) / kThreads);
  if (body.aligned())
    run_rows_by_warps<kVector<typename Body::Element>><<<blocks, kThreads, 0, stream>>>(rows, body);
  else
    run_rows_by_warps<1><<<blocks, kThreads, 0, stream>>>(rows, body);
  C10_CUDA_KERNEL_LAUNCH_CHECK();
}

// A block each, for rows as long as a vocabulary.
template <class Body>
void for_each_row_by_blocks(c10::Device device, int64_t rows, Body body) {
  if (rows == 0) return;
  const c10::cuda::CUDAGuard guard(device);
  const cudaStream_t stream = c10::cuda::getCurrentCUDAStream();
  if (body.aligned())
    run_rows_by_blocks<kVector<typename Body::Element>><<<static_cast<unsigned>(rows), kThreads, 0, stream>>>(body);
  else
    run_rows_by_blocks<1><<<static_cast<unsigned>(rows), kThreads, 0, stream>>>(body);
  C10_CUDA_KERNEL_LAUNCH_CHECK();
}

// The sums of `terms` over all rows, in `parts` parts that lie one after another in targets.first, or where it is one
// part in the targets themselves.
template <class Terms>
void launch_column_sums(c10::Device device, const Terms& terms, int64_t parts,
                        const SumTargets<typename Terms::A>& targets) {
  const c10::cuda::CUDAGuard guard(device);
  const cudaStream_t stream = c10::cuda::getCurrentCUDAStream();
  const auto grid = [&](int64_t n) {
    return dim3(static_cast<unsigned>((terms.plan.width + kColumnLanes * n - 1) / (kColumnLanes * n)),
                static_cast<unsigned>(parts));
  };
  const int64_t rows = (terms.plan.rows + parts - 1) / parts;
  constexpr int n = kVector<typename Terms::Element>;
  if (terms.aligned())
    run_column_sums<n><<<grid(n), kThreads, 0, stream>>>(terms, rows, targets);
  else
    run_column_sums<1><<<grid(1), kThreads, 0, stream>>>(terms, rows, targets);
  C10_CUDA_KERNEL_LAUNCH_CHECK();
}

}  // namespace heed::cuda

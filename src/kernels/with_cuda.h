#pragma once

namespace heed {

// Has this build CUDA kernels (cuda/cuda_kernels.h)? Callers of heed::cuda's functions are behind it.
#ifdef HEED_CUDA
constexpr bool kWithCuda = true;
#else
constexpr bool kWithCuda = false;
#endif

}  // namespace heed

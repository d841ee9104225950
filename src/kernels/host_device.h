#pragma once

// Functions that the host compiler and nvcc both compile, so that what runs on a GPU is tested on the CPU too.
#ifdef __CUDACC__
#define HEED_HOST_DEVICE __host__ __device__
#else
#define HEED_HOST_DEVICE
#endif

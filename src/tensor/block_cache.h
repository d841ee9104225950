#pragma once

#include <cstddef>

namespace heed {

// From here on LibTorch takes the CPU memory of small tensors from blocks that each thread keeps: a step of decoding
// asks for hundreds of them, and glibc, which looks for aligned ones, takes longer than a small kernel does. A thread
// keeps a few megabytes at most; larger blocks come and go as before. Memory that cannot be had is LibTorch's error as
// ever.
void cache_small_blocks();

// Bytes that the calling thread keeps for later.
size_t cached_block_bytes();

}  // namespace heed

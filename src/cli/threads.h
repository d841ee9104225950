#pragma once

#include <cstdint>

namespace heed {

// Sets how many threads LibTorch computes with, and starts them: where the system does not give so many (ulimit -v,
// ulimit -u), that is an Error. Later OpenMP would end the process in words of its own, and LibTorch's other pool would
// wait forever for the thread that it could not start.
void set_threads(int64_t count);

}  // namespace heed

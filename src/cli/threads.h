#pragma once

#include <cstdint>

namespace heed {

// Sets with how many threads this process computes (core/thread_team.h), and starts them: where the system does not
// give so many (ulimit -v, ulimit -u), that is an Error. LibTorch gets none of its own: what it still computes on the
// CPU is small, and its idle threads would stay on the cores of ours; its small tensors live in tensor/block_cache.h.
void set_threads(int64_t count);

// The threads of a command that asks for no number: as many as this machine has cores.
int64_t all_cores();

}  // namespace heed

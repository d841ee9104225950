#include "cli/threads.h"

#include <ATen/Parallel.h>
#include <fmt/format.h>

#include <algorithm>
#include <system_error>
#include <thread>

#include "core/error.h"
#include "core/thread_team.h"
#include "tensor/block_cache.h"

namespace heed {

int64_t all_cores() { return std::max(1u, std::thread::hardware_concurrency()); }

void set_threads(int64_t count) {
  at::set_num_threads(1);
  cache_small_blocks();
  try {
    set_num_threads(count);
  } catch (const std::system_error&) {
    throw Error(
        fmt::format("cannot start {} threads: not enough memory, or too many processes (ulimit -v, ulimit -u); "
                    "--threads takes less",
                    count));
  }
}

}  // namespace heed

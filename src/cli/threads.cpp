#include "cli/threads.h"

#include <ATen/Parallel.h>
#include <fmt/format.h>

#include <latch>
#include <system_error>
#include <thread>
#include <vector>

#include "core/error.h"

namespace heed {
namespace {

constexpr int64_t kPools = 2;  // OpenMP's, and the one that at::set_num_threads fills

// Threads that live at the same time, to see that they can be had.
void try_threads(int64_t count) {
  std::latch all_tried(1);
  struct Release {
    std::latch& latch;
    ~Release() { latch.count_down(); }
  };
  std::vector<std::jthread> threads;
  const Release release{all_tried};  // before they are joined, also when one could not be started
  for (int64_t i = 0; i < count; ++i) threads.emplace_back([&] { all_tried.wait(); });
}

}  // namespace

void set_threads(int64_t count) {
  try {
    try_threads(kPools * (count - 1));
  } catch (const std::system_error&) {
    throw Error(
        fmt::format("cannot start {} threads: not enough memory, or too many processes (ulimit -v, ulimit -u); "
                    "--threads takes less",
                    count));
  }
  at::set_num_threads(static_cast<int>(count));
  at::parallel_for(0, count, 1, [](int64_t, int64_t) {});
}

}  // namespace heed

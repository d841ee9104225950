#pragma once

#include <ATen/Parallel.h>
#include <c10/core/Device.h>

#include <cstdint>

#include "core/thread_team.h"

namespace heed {

// Calls body(b) for each sentence. On the CPU what one of them computes is computed by one thread, so that its bits are
// the same for any number of threads; sentences are spread over them.
template <class Body>
void for_sentences(int64_t count, c10::Device device, Body body) {
  const auto all = [&](int64_t begin, int64_t end) {
    for (int64_t b = begin; b < end; ++b) body(b);
  };
  if (!device.is_cpu()) return all(0, count);
  if (at::get_num_threads() != 1) at::set_num_threads(1);  // else LibTorch's own would take part
  parallel_for(count, 1, all);
}

}  // namespace heed

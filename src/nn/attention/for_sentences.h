#pragma once

#include <ATen/Parallel.h>
#include <c10/core/Device.h>

#include <cstdint>

namespace heed {

// Calls body(b) for each sentence. On the CPU what one of them computes is computed by one thread, so that its bits are
// the same for any number of threads; sentences are spread over them.
template <class Body>
void for_sentences(int64_t count, c10::Device device, Body body) {
  const auto all = [&](int64_t begin, int64_t end) {
    for (int64_t b = begin; b < end; ++b) body(b);
  };
  const int threads = at::get_num_threads();
  if (!device.is_cpu() || at::in_parallel_region()) return all(0, count);
  if (count > 1 && threads > 1) return at::parallel_for(0, count, 1, all);  // no thread of them starts others
  struct OneThread {
    explicit OneThread(int of_others) : before(of_others) { at::set_num_threads(1); }
    ~OneThread() { at::set_num_threads(before); }
    OneThread(const OneThread&) = delete;
    OneThread& operator=(const OneThread&) = delete;
    int before;
  } const alone(threads);
  all(0, count);
}

}  // namespace heed

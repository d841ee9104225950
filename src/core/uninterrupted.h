#pragma once

#include <cerrno>

namespace heed {

// The result of a system call, made again while a signal interrupts it. Negative: errno tells. Not for close, which
// frees the descriptor whatever it returns.
template <class Call>
auto uninterrupted(Call call) {
  while (true) {
    const auto result = call();
    if (result >= 0 || errno != EINTR) return result;
  }
}

}  // namespace heed

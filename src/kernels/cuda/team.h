#pragma once

#include <cmath>
#include <cstdint>
#include <cstring>

#include "kernels/bfloat16.h"
#include "kernels/host_device.h"

namespace heed {

// What the bodies of the CUDA kernels stand on. A *team* is the threads that work on one item together: a warp or a
// block on a GPU (launch.cuh), threads of the CPU in tests. Every member calls sync, sum and max in the same order.
//   int rank() const, int size() const
//   void sync() const          what any member wrote before it, every member sees after it
//   A sum(A) const, A max(A)   over all members, the same bits for each
// A warp also has, for `size` a power of two that divides its own:
//   A sum_of_neighbours(A, int size)   over the members of the same rank / size
//   A sum_across(A, int size)          over the members of the same rank % size
// Bodies end with all members past their last read of shared memory, so that the next item may use it.

constexpr double kMinusInfinity = -HUGE_VAL;

// Storage to arithmetic type and back; bf16 rounds to nearest even and keeps NaN, as the CPU kernels do.
template <class T>
HEED_HOST_DEVICE inline T load_element(const T* source) {
  return *source;
}
HEED_HOST_DEVICE inline float load_element(const BFloat16* source) {
  const uint32_t bits = static_cast<uint32_t>(source->bits) << 16;
  float value;
  memcpy(&value, &bits, sizeof value);
  return value;
}

template <class T>
HEED_HOST_DEVICE inline void store_element(T* target, T value) {
  *target = value;
}
HEED_HOST_DEVICE inline void store_element(BFloat16* target, float value) {
  uint32_t bits;
  memcpy(&bits, &value, sizeof bits);
  const uint32_t rounded = (bits + 0x7FFF + ((bits >> 16) & 1)) >> 16;
  target->bits = static_cast<uint16_t>(value != value ? (bits >> 16) | 0x40 : rounded);
}

}  // namespace heed

#pragma once

#include "kernels/cuda/team.h"

namespace heed {

// Neighbouring elements that one thread works on: one, or as many as are loaded and stored at once in 16 bytes. Bodies
// are written once for any number.
constexpr int64_t kVectorBytes = 16;
template <class T>
constexpr int kVector = kVectorBytes / static_cast<int64_t>(sizeof(T));

template <class A, int n>
struct Items {
  A at[n];
};

// Does a vector begin there? A null pointer is never read.
inline bool is_aligned(const void* pointer) { return reinterpret_cast<uintptr_t>(pointer) % kVectorBytes == 0; }

// REQUIRES, for n > 1: `from` is aligned.
template <int n, class T>
HEED_HOST_DEVICE inline Items<ArithmeticOf<T>, n> load_items(const T* from) {
  struct alignas(n == 1 ? alignof(T) : n * sizeof(T)) Stored {
    T at[n];
  };
  const Stored stored = *reinterpret_cast<const Stored*>(from);
  Items<ArithmeticOf<T>, n> items;
  for (int k = 0; k < n; ++k) items.at[k] = load_element(&stored.at[k]);
  return items;
}

template <int n, class T>
HEED_HOST_DEVICE inline void store_items(T* to, const Items<ArithmeticOf<T>, n>& items) {
  struct alignas(n == 1 ? alignof(T) : n * sizeof(T)) Stored {
    T at[n];
  };
  Stored stored;
  for (int k = 0; k < n; ++k) store_element(&stored.at[k], items.at[k]);
  *reinterpret_cast<Stored*>(to) = stored;
}

// The same of n elements of A in as many vectors as they fill. REQUIRES, for n > 1: `from` is aligned.
template <int n, class A>
HEED_HOST_DEVICE inline Items<A, n> load_row(const A* from) {
  constexpr int kAtOnce = n < kVector<A> ? n : kVector<A>;
  Items<A, n> items;
  for (int first = 0; first < n; first += kAtOnce) {
    const Items<A, kAtOnce> part = load_items<kAtOnce>(from + first);
    for (int k = 0; k < kAtOnce; ++k) items.at[first + k] = part.at[k];
  }
  return items;
}

// And stored. REQUIRES, for n > 1: `to` is aligned.
template <int n, class A>
HEED_HOST_DEVICE inline void store_row(A* to, const Items<A, n>& items) {
  constexpr int kAtOnce = n < kVector<A> ? n : kVector<A>;
  for (int first = 0; first < n; first += kAtOnce) {
    Items<A, kAtOnce> part;
    for (int k = 0; k < kAtOnce; ++k) part.at[k] = items.at[first + k];
    store_items<kAtOnce>(to + first, part);
  }
}

// Element i of rows of `width`: which row and which column. 32 bits where they are enough: a GPU divides 64-bit numbers
// by a hundred instructions.
struct Place {
  int64_t row, column;
};
HEED_HOST_DEVICE inline Place place_of(int64_t i, int64_t width) {
  if (i >> 32 != 0) return {i / width, i % width};
  const auto small = static_cast<uint32_t>(i), row = small / static_cast<uint32_t>(width);
  return {row, small - row * static_cast<uint32_t>(width)};
}

}  // namespace heed

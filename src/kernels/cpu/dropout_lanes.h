#pragma once

// Which elements dropout keeps (kernels/dropout_hash.h), a vector at a time.

#include "kernels/cpu/lanes.h"
#include "kernels/dropout_hash.h"

namespace heed {
namespace {

// The random_bits of dropout_hash.h for the elements first, first + 1, ... of the stream `key`.
template <class A>
inline Bits<A> random_lanes(uint64_t key, uint32_t first) {
  Bits<A> elements;
  for (int i = 0; i < kLanes<A>; ++i) elements[i] = first + static_cast<uint32_t>(i);
  return random_bits(key, elements);
}

// 0 where the element is dropped, 1/(1 - rate) where it stays. `threshold` is rate * 2^32.
template <class A>
inline Lanes<A> keep_factors(uint64_t key, uint32_t first, uint32_t threshold, A scale) {
  const Bits<A> bits = random_lanes<A>(key, first);
  if constexpr (sizeof(A) == 4) {
    return bits >= threshold ? splat<A>(scale) : Lanes<A>{};
  } else {
    Lanes<A> factors;
    for (int i = 0; i < kLanes<A>; ++i) factors[i] = bits[i] >= threshold ? scale : A{0};
    return factors;
  }
}

}  // namespace
}  // namespace heed

#pragma once

#include <cstdint>

#include "core/random.h"
#include "kernels/host_device.h"
#include "kernels/plans.h"

// The masks of dropout. Functions are static, not just inline: the CPU kernels are compiled once per instruction set,
// and a copy compiled for one set must not be linked in place of another's.

namespace heed {

// 32 pseudo-random bits of element `element` of the stream `key`: a counter hashed by two rounds of multiply and
// xor-shift (C. Wellons, "lowbias32", 2018), the key entering before and between the rounds. Keys come from random_key
// (core/random.h): two that differ in the upper half alone would give related masks. Word is uint32_t, or a vector of
// them for as many elements.
template <class Word>
HEED_HOST_DEVICE static inline Word random_bits(uint64_t key, Word element) {
  Word x = element ^ static_cast<uint32_t>(key);
  x ^= x >> 16;
  x *= 0x7FEB352Du;
  x ^= static_cast<uint32_t>(key >> 32);
  x ^= x >> 15;
  x *= 0x846CA68Bu;
  x ^= x >> 16;
  return x;
}

// The stream's key, on a GPU.
HEED_HOST_DEVICE static inline uint64_t stream_key(const DropoutPlan& plan) {
  return plan.base ? mix64(*plan.base ^ plan.key) : plan.key;
}

// What dropout multiplies an element by: 0 or 1/(1 - rate); 1 where nothing is dropped.
template <class A>
HEED_HOST_DEVICE static inline A keep_factor(const DropoutPlan& plan, uint64_t key, int64_t element) {
  if (plan.threshold == 0) return A{1};
  return random_bits(key, static_cast<uint32_t>(element)) >= plan.threshold ? static_cast<A>(plan.scale) : A{0};
}

// Attention draws one mask per (query row, head) over its keys: the key of that stream.
HEED_HOST_DEVICE static inline uint64_t attention_dropout_key(uint64_t key, int64_t query_row, int64_t head,
                                                              int64_t num_heads) {
  return key ^ (static_cast<uint64_t>(query_row * num_heads + head) * 0x9E3779B97F4A7C15ull);
}

}  // namespace heed

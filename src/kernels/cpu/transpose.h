#pragma once

// Squares of as many vectors as each has lanes, transposed.

#include "kernels/cpu/lanes.h"

namespace heed {
namespace {

#if defined(__AVX512F__)
// Lanes of `left`, but those whose number has the bit `width` are `right`'s lanes `width` before; and lanes of `right`,
// but those without the bit are `left`'s lanes `width` behind.
template <int width, class V, int... i>
inline void swap_blocks(V& left, V& right, std::integer_sequence<int, i...>) {
  constexpr int n = sizeof...(i);
  const V upper = __builtin_shufflevector(left, right, ((i & width) ? n + i - width : i)...);
  right = __builtin_shufflevector(left, right, ((i & width) ? n + i : i + width)...);
  left = upper;
}
#endif

// A square of as many vectors as each has lanes. In steps, each of which swaps blocks of half the size.
template <class A, int width = kLanes<A> / 2>
inline void transpose(Lanes<A> (&rows)[kLanes<A>]) {
#if defined(__AVX512F__)
  if constexpr (width > 0) {
#pragma GCC unroll 16
    for (int i = 0; i < kLanes<A>; ++i)
      if ((i & width) == 0) swap_blocks<width>(rows[i], rows[i + width], std::make_integer_sequence<int, kLanes<A>>());
    transpose<A, width / 2>(rows);
  }
#else
  for (int i = 0; i < kLanes<A>; ++i)
    for (int j = 0; j < i; ++j) {
      const A entry = rows[i][j];
      rows[i][j] = rows[j][i];
      rows[j][i] = entry;
    }
#endif
}

}  // namespace
}  // namespace heed

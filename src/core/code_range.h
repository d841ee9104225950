#pragma once

#include <algorithm>
#include <cstddef>
#include <iterator>

namespace heed {

// Unicode code points, both ends included.
struct CodeRange {
  char32_t first, last;
};

// The last of these ranges, in the order of their `first`, that does not begin behind c; null: there is none.
template <class Range, size_t n>
const Range* range_before(const Range (&ranges)[n], char32_t c) {
  const Range* after =
      std::upper_bound(std::begin(ranges), std::end(ranges), c, [](char32_t x, const Range& r) { return x < r.first; });
  return after == std::begin(ranges) ? nullptr : after - 1;
}

// Whether c is in one of these ranges, which are in order and apart.
template <size_t n>
bool is_among(const CodeRange (&ranges)[n], char32_t c) {
  const CodeRange* range = range_before(ranges, c);
  return range != nullptr && c <= range->last;
}

}  // namespace heed

#pragma once

#include <cstdint>
#include <string_view>

namespace heed {

// What is kept of a line to compare it with others: 16 bytes in the place of its text.
struct LineShape {
  uint64_t hash = 0;        // of all its bytes
  uint32_t characters = 0;  // 0: nothing to read in it (is_blank in core/utf8.h)
};

struct PairShape {
  LineShape source, target;

  bool has_text() const { return source.characters > 0 && target.characters > 0; }
};

// Two different lines have the same hash once in 2^64 times. REQUIRES: valid UTF-8.
LineShape shape_of(std::string_view line);

}  // namespace heed

#pragma once

#include <cstdint>

namespace heed {

// Storage only: the upper half of a float. Same bytes as c10::BFloat16, without its header.
struct BFloat16 {
  uint16_t bits;
};

}  // namespace heed

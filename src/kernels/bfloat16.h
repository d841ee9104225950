#pragma once

#include <cstdint>

namespace heed {

// Storage only: the upper half of a float. Same bytes as c10::BFloat16, without its header.
struct BFloat16 {
  uint16_t bits;
};

// The type that values stored as T are computed in: bf16 in float, the others in their own.
template <class T>
struct Arithmetic {
  using type = T;
};
template <>
struct Arithmetic<BFloat16> {
  using type = float;
};
template <class T>
using ArithmeticOf = typename Arithmetic<T>::type;

}  // namespace heed

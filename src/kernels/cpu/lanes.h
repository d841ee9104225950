#pragma once

// Explicit vector lanes for the CPU kernels (GCC and Clang vector extensions). One source serves AVX-512, AVX2 and
// plain x86-64: the compiler splits a 64-byte vector into what the instruction set has. Sums go lane by lane in a fixed
// order, so results depend neither on how many rows are processed nor on which thread does it.
//
// Included only by *_set.cpp, which are compiled once per instruction set: everything lives in the unnamed
// namespace, so that no copy of a function compiled for one set is linked in place of another's.

#include <cmath>
#include <cstdint>
#include <cstring>
#include <utility>

#include "kernels/bfloat16.h"

namespace heed {
namespace {

template <class T>
using Acc = ArithmeticOf<T>;

template <class A>
struct LanesOf;
template <>
struct LanesOf<float> {
  typedef float type __attribute__((vector_size(64)));
  typedef int32_t integer __attribute__((vector_size(64)));
  typedef uint32_t bits __attribute__((vector_size(64)));
};
template <>
struct LanesOf<double> {
  typedef double type __attribute__((vector_size(64)));
  typedef int64_t integer __attribute__((vector_size(64)));
  typedef uint32_t bits __attribute__((vector_size(32)));
};
template <class A>
using Lanes = typename LanesOf<A>::type;
template <class A>
using Bits = typename LanesOf<A>::bits;  // 32 random bits a lane

template <class A>
constexpr int kLanes = 64 / sizeof(A);

using Half = uint16_t __attribute__((vector_size(32)));
using Word = uint32_t __attribute__((vector_size(64)));

inline Lanes<float> widen(Half half) {
  const Word word = __builtin_convertvector(half, Word) << 16;
  return reinterpret_cast<Lanes<float>>(word);
}

// Round to nearest even, as the hardware does; NaN stays NaN.
template <class Halves, class Words, class Floats>
inline Halves narrow_to(Floats value) {
  const Words word = reinterpret_cast<Words>(value);
  const Words rounded = (word + 0x7FFF + ((word >> 16) & 1)) >> 16, quiet = (word >> 16) | 0x40;
  return __builtin_convertvector(value != value ? quiet : rounded, Halves);
}
inline Half narrow(Lanes<float> value) { return narrow_to<Half, Word>(value); }

template <class T>
inline Lanes<Acc<T>> load(const T* source) {
  if constexpr (sizeof(T) == 2) {
    Half half;
    std::memcpy(&half, source, sizeof half);
    return widen(half);
  } else {
    Lanes<T> lanes;
    std::memcpy(&lanes, source, sizeof lanes);
    return lanes;
  }
}

template <class T>
inline void store(T* target, Lanes<Acc<T>> lanes) {
  if constexpr (sizeof(T) == 2) {
    const Half half = narrow(lanes);
    std::memcpy(target, &half, sizeof half);
  } else {
    std::memcpy(target, &lanes, sizeof lanes);
  }
}

// The first `count` lanes (fewer than a full vector); the rest are zero.
template <class T>
inline Lanes<Acc<T>> load_some(const T* source, int64_t count) {
  T buffer[kLanes<Acc<T>>] = {};
  std::memcpy(buffer, source, static_cast<size_t>(count) * sizeof(T));
  return load(buffer);
}

template <class T>
inline void store_some(T* target, Lanes<Acc<T>> lanes, int64_t count) {
  T buffer[kLanes<Acc<T>>];
  store(buffer, lanes);
  std::memcpy(target, buffer, static_cast<size_t>(count) * sizeof(T));
}

// Calls body(offset, count) over [0, size): full vectors first, then one shorter piece.
template <class A, class Body>
inline void for_lanes(int64_t size, Body body) {
  int64_t i = 0;
  for (; i + kLanes<A> <= size; i += kLanes<A>) body(i, static_cast<int64_t>(kLanes<A>));
  if (i < size) body(i, size - i);
}

template <class T>
inline Lanes<Acc<T>> load_up_to(const T* source, int64_t count) {
  return count == kLanes<Acc<T>> ? load(source) : load_some(source, count);
}

template <class T>
inline void store_up_to(T* target, Lanes<Acc<T>> lanes, int64_t count) {
  if (count == kLanes<Acc<T>>) {
    store(target, lanes);
  } else {
    store_some(target, lanes, count);
  }
}

// Lane i + width at lane i.
template <int width, class V, int... i>
inline V shifted(V lanes, std::integer_sequence<int, i...>) {
  return __builtin_shufflevector(lanes, lanes, ((i + width) % static_cast<int>(sizeof...(i)))...);
}

// join(join(...)) of all lanes: of each half with the other, then of the halves of that.
template <class A, int width = kLanes<A> / 2, class Join>
inline A folded(Lanes<A> lanes, Join join) {
  if constexpr (width == 0) {
    return lanes[0];
  } else {
    return folded<A, width / 2>(join(lanes, shifted<width>(lanes, std::make_integer_sequence<int, kLanes<A>>())), join);
  }
}

template <class A>
inline A sum(Lanes<A> lanes) {
  return folded<A>(lanes, [](Lanes<A> x, Lanes<A> y) { return x + y; });
}

template <class A>
inline A largest(Lanes<A> lanes) {
  return folded<A>(lanes, [](Lanes<A> x, Lanes<A> y) { return y > x ? y : x; });
}

template <class A>
inline Lanes<A> splat(A value) {
  return Lanes<A>{} + value;
}

// e^x. Float: Cephes' expf (S. Moshier), relative error below 2e-7; below -87 the result is 0, above 88 infinity-free
// behaviour is not needed (callers subtract the maximum). Double: the C library's.
inline Lanes<float> exponential(Lanes<float> x) {
  const auto underflow = x < -87.0f;
  x = underflow ? splat<float>(-87.0f) : x;
  const Lanes<float> magic = splat<float>(12582912.0f);  // 1.5 * 2^23: adding it rounds to the nearest integer
  const Lanes<float> shifted = x * 1.44269504088896341f + magic;
  const Lanes<float> n = shifted - magic;
  const Lanes<float> r = (x - n * 0.693359375f) + n * 2.12194440e-4f;
  Lanes<float> p = splat<float>(1.9875691500e-4f);
  p = p * r + 1.3981999507e-3f;
  p = p * r + 8.3334519073e-3f;
  p = p * r + 4.1665795894e-2f;
  p = p * r + 1.6666665459e-1f;
  p = p * r + 5.0000001201e-1f;
  p = p * (r * r) + r + 1.0f;
  const auto exponent = (reinterpret_cast<LanesOf<float>::integer>(shifted) - 0x4B400000 + 127) << 23;
  const Lanes<float> result = p * reinterpret_cast<Lanes<float>>(exponent);
  return underflow ? Lanes<float>{} : result;
}

inline Lanes<double> exponential(Lanes<double> x) {
  for (int i = 0; i < kLanes<double>; ++i) x[i] = std::exp(x[i]);
  return x;
}

}  // namespace
}  // namespace heed

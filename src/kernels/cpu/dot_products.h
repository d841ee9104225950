#pragma once

// The widest dot products of short numbers that the instruction set has: for a vector of columns, the products of a
// group of neighbouring entries of a row, 4 bytes, with those of each column, added to 32-bit sums.

#include <cstdint>
#include <cstring>

#include "kernels/bfloat16.h"

#if defined(__x86_64__)
#include <immintrin.h>
#endif

namespace heed {
namespace {

#if defined(__AVX512F__)
constexpr int kVectorBytes = 64;
#elif defined(__AVX2__)
constexpr int kVectorBytes = 32;
#else
constexpr int kVectorBytes = 16;
#endif
constexpr int kColumns = kVectorBytes / 4;  // of a vector

typedef int32_t ColumnWords __attribute__((vector_size(kVectorBytes)));
typedef float ColumnFloats __attribute__((vector_size(kVectorBytes)));

template <class Vector>
inline Vector load_vector(const void* from) {
  Vector vector;
  std::memcpy(&vector, from, sizeof vector);
  return vector;
}

// Whole numbers of 8 bits. Sums do not saturate, so that all sets come to the same.
struct Int8Dots {
  using Sums = ColumnWords;
#if defined(__AVX512VNNI__)
  // The instruction wants one side unsigned: rows have kOffset added to their entries.
  using RowEntry = uint8_t;
  static constexpr int64_t kGroup = 4;
  static constexpr int32_t kOffset = 128;
  static constexpr int kTileRows = 6;
  using PanelVector = ColumnWords;

  static PanelVector load(const int8_t* panel) { return load_vector<PanelVector>(panel); }
  // Not the intrinsic: GCC 12 moves its sums between registers and the stack.
  static void add(Sums& sums, ColumnWords of_row, PanelVector of_panel) {
    asm("vpdpbusd %2, %1, %0" : "+v"(sums) : "v"(of_row), "v"(of_panel));
  }
#else
  using RowEntry = int16_t;
  static constexpr int64_t kGroup = 2;
  static constexpr int32_t kOffset = 0;
  static constexpr int kTileRows = kVectorBytes == 64 ? 6 : 4;
  typedef int16_t PanelVector __attribute__((vector_size(kVectorBytes)));

  static PanelVector load(const int8_t* panel) {
    typedef int8_t Bytes __attribute__((vector_size(kVectorBytes / 2)));
    return __builtin_convertvector(load_vector<Bytes>(panel), PanelVector);
  }
  static void add(Sums& sums, ColumnWords of_row, PanelVector of_panel) {
#if defined(__AVX512BW__)
    sums += reinterpret_cast<Sums>(
        _mm512_madd_epi16(reinterpret_cast<__m512i>(of_row), reinterpret_cast<__m512i>(of_panel)));
#elif defined(__AVX2__)
    sums += reinterpret_cast<Sums>(
        _mm256_madd_epi16(reinterpret_cast<__m256i>(of_row), reinterpret_cast<__m256i>(of_panel)));
#elif defined(__SSE2__)
    sums +=
        reinterpret_cast<Sums>(_mm_madd_epi16(reinterpret_cast<__m128i>(of_row), reinterpret_cast<__m128i>(of_panel)));
#else
    const auto row = reinterpret_cast<PanelVector>(of_row);
    for (int i = 0; i < kColumns; ++i) sums[i] += row[2 * i] * of_panel[2 * i] + row[2 * i + 1] * of_panel[2 * i + 1];
#endif
  }
#endif
  using PanelEntry = int8_t;
};

// bf16, summed in fp32.
struct BFloat16Dots {
  using Sums = ColumnFloats;
  using RowEntry = uint16_t;
  using PanelEntry = uint16_t;
  static constexpr int64_t kGroup = 2;
#if defined(__AVX512BF16__)
  static constexpr int kTileRows = 6;
  using PanelVector = ColumnWords;

  static PanelVector load(const uint16_t* panel) { return load_vector<PanelVector>(panel); }
  static void add(Sums& sums, ColumnWords of_row, PanelVector of_panel) {
    sums = _mm512_dpbf16_ps(sums, reinterpret_cast<__m512bh>(of_row), reinterpret_cast<__m512bh>(of_panel));
  }
#else
  static constexpr int kTileRows = kVectorBytes == 64 ? 4 : 2;
  struct PanelVector {
    ColumnFloats first, second;  // of each column's pair
  };

  static PanelVector pairs(ColumnWords words) {
    return {reinterpret_cast<ColumnFloats>(words << 16), reinterpret_cast<ColumnFloats>(words & -65536)};
  }
  static PanelVector load(const uint16_t* panel) { return pairs(load_vector<ColumnWords>(panel)); }
  static ColumnFloats multiply_add(ColumnFloats a, ColumnFloats b, ColumnFloats c) {
#if defined(__AVX512F__)
    return _mm512_fmadd_ps(a, b, c);
#elif defined(__FMA__)
    return _mm256_fmadd_ps(a, b, c);
#else
    return a * b + c;
#endif
  }
  static void add(Sums& sums, ColumnWords of_row, const PanelVector& of_panel) {
    const PanelVector row = pairs(of_row);
    sums = multiply_add(row.first, of_panel.first, sums);
    sums = multiply_add(row.second, of_panel.second, sums);
  }
#endif
};

}  // namespace
}  // namespace heed

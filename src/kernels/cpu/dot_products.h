#pragma once

// Dot products as the instruction set does them: for a vector of columns, the products of a group of neighbouring
// entries of a row with those of each column, added to the columns' sums. A kind of them has
//
//   Sum, Sums                the sum of one column, of a vector of columns
//   PanelVector, PanelEntry  the columns' groups, as the products want them and as a panel holds them
//   RowEntry, kGroup, Row    how a row is stored, entries in a group, and a group of one row for all columns
//   kTileRows                rows whose sums, with those of a panel's columns, fill the registers
//
// Included only by product_set.cpp. What adds is written with fma: a set that has it does so whatever the compiler may
// contract.

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

typedef int32_t ColumnWords __attribute__((vector_size(kVectorBytes)));
typedef float ColumnFloats __attribute__((vector_size(kVectorBytes)));
typedef double ColumnDoubles __attribute__((vector_size(kVectorBytes)));

template <class Vector>
inline Vector load_vector(const void* from) {
  Vector vector;
  std::memcpy(&vector, from, sizeof vector);
  return vector;
}

// a b + c
inline ColumnFloats multiply_add(ColumnFloats a, ColumnFloats b, ColumnFloats c) {
#if defined(__AVX512F__)
  return _mm512_fmadd_ps(a, b, c);
#elif defined(__FMA__)
  return _mm256_fmadd_ps(a, b, c);
#else
  return a * b + c;
#endif
}
inline ColumnDoubles multiply_add(ColumnDoubles a, ColumnDoubles b, ColumnDoubles c) {
#if defined(__AVX512F__)
  return _mm512_fmadd_pd(a, b, c);
#elif defined(__FMA__)
  return _mm256_fmadd_pd(a, b, c);
#else
  return a * b + c;
#endif
}

// fp32 and double as they are.
template <class A, class Vector>
struct OwnDots {
  using Sum = A;
  using Sums = Vector;
  using PanelVector = Vector;
  using Row = Vector;
  using PanelEntry = A;
  using RowEntry = A;
  static constexpr int64_t kGroup = 1;
  static constexpr int kTileRows = kVectorBytes == 16 ? 4 : 6;

  static PanelVector load(const A* panel) { return load_vector<Vector>(panel); }
  static Row row(const void* group) {
    A entry;
    std::memcpy(&entry, group, sizeof entry);
    return entry - Vector{};  // x - 0 is x: there is nothing to compute, as there would be for x + 0
  }
  static Sums add(Sums sums, Row of_row, PanelVector of_panel) { return multiply_add(of_row, of_panel, sums); }
};
using FloatDots = OwnDots<float, ColumnFloats>;
using DoubleDots = OwnDots<double, ColumnDoubles>;

// The 4 bytes of a group for all columns.
inline ColumnWords row_of_words(const void* group) {
  int32_t word;
  std::memcpy(&word, group, sizeof word);
  return ColumnWords{} + word;
}

// Whole numbers of 8 bits. Sums do not saturate, so that all sets come to the same.
struct Int8Dots {
  using Sum = int32_t;
  using Sums = ColumnWords;
  using Row = ColumnWords;
  using PanelEntry = int8_t;
#if defined(__AVX512VNNI__)
  // The instruction wants one side unsigned: rows have kOffset added to their entries.
  using RowEntry = uint8_t;
  static constexpr int64_t kGroup = 4;
  static constexpr int32_t kOffset = 128;
  static constexpr int kTileRows = 6;
  using PanelVector = ColumnWords;

  static PanelVector load(const int8_t* panel) { return load_vector<PanelVector>(panel); }
  // Not the intrinsic: GCC 12 moves its sums between registers and the stack.
  static Sums add(Sums sums, Row of_row, PanelVector of_panel) {
    asm("vpdpbusd %2, %1, %0" : "+v"(sums) : "v"(of_row), "v"(of_panel));
    return sums;
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
  static Sums add(Sums sums, Row of_row, PanelVector of_panel) {
#if defined(__AVX512BW__)
    return sums + reinterpret_cast<Sums>(
                      _mm512_madd_epi16(reinterpret_cast<__m512i>(of_row), reinterpret_cast<__m512i>(of_panel)));
#elif defined(__AVX2__)
    return sums + reinterpret_cast<Sums>(
                      _mm256_madd_epi16(reinterpret_cast<__m256i>(of_row), reinterpret_cast<__m256i>(of_panel)));
#elif defined(__SSE2__)
    return sums + reinterpret_cast<Sums>(
                      _mm_madd_epi16(reinterpret_cast<__m128i>(of_row), reinterpret_cast<__m128i>(of_panel)));
#else
    const auto row = reinterpret_cast<PanelVector>(of_row);
    for (int i = 0; i < kVectorBytes / 4; ++i)
      sums[i] += row[2 * i] * of_panel[2 * i] + row[2 * i + 1] * of_panel[2 * i + 1];
    return sums;
#endif
  }
#endif
  static Row row(const void* group) { return row_of_words(group); }
};

// bf16, summed in fp32.
struct BFloat16Dots {
  using Sum = float;
  using Sums = ColumnFloats;
  using PanelEntry = uint16_t;
  using RowEntry = uint16_t;
  static constexpr int64_t kGroup = 2;
#if defined(__AVX512BF16__)
  static constexpr int kTileRows = 6;
  using PanelVector = ColumnWords;
  using Row = ColumnWords;

  static PanelVector load(const uint16_t* panel) { return load_vector<PanelVector>(panel); }
  static Row row(const void* group) { return row_of_words(group); }
  static Sums add(Sums sums, Row of_row, PanelVector of_panel) {
    return _mm512_dpbf16_ps(sums, reinterpret_cast<__m512bh>(of_row), reinterpret_cast<__m512bh>(of_panel));
  }
#else
  static constexpr int kTileRows = kVectorBytes == 64 ? 4 : 2;
  struct PanelVector {
    ColumnFloats first, second;  // of each column's pair
  };
  using Row = PanelVector;

  static PanelVector pairs(ColumnWords words) {
    return {reinterpret_cast<ColumnFloats>(words << 16), reinterpret_cast<ColumnFloats>(words & -65536)};
  }
  static PanelVector load(const uint16_t* panel) { return pairs(load_vector<ColumnWords>(panel)); }
  static Row row(const void* group) { return pairs(row_of_words(group)); }
  static Sums add(Sums sums, const Row& of_row, const PanelVector& of_panel) {
    return multiply_add(of_row.second, of_panel.second, multiply_add(of_row.first, of_panel.first, sums));
  }
#endif
};

}  // namespace
}  // namespace heed

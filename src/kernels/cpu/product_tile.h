#pragma once

// What all products are made of: some rows times a panel of columns, in registers.

#include <algorithm>
#include <cstring>
#include <type_traits>
#include <utility>

#include "kernels/cpu/dot_products.h"

namespace heed {
namespace {

// A panel is so wide, and a tile so high, that the tile's sums fill the registers and leave room for a row of the panel
// and for a group of x.
constexpr int kPanelVectors = kVectorBytes == 64 ? 4 : 2;
template <class Dots>
constexpr int64_t kVectorColumns = sizeof(typename Dots::Sums) / sizeof(typename Dots::Sum);
template <class Dots>
constexpr int64_t kPanelColumns = kPanelVectors* kVectorColumns<Dots>;

template <class Dots>
constexpr int64_t kRowGroupBytes = Dots::kGroup* static_cast<int64_t>(sizeof(typename Dots::RowEntry));
template <class Dots>
constexpr int64_t kPanelGroup = Dots::kGroup* kPanelColumns<Dots>;  // entries of a panel for one group of the depth

inline int64_t whole(int64_t size, int64_t of) { return (size + of - 1) / of; }

template <class Dots>
using TileSums = typename Dots::Sums[kPanelVectors];

// Calls body(constant 0), body(constant 1), ...: with indices that are constants from the first pass of the compiler
// on, an array stays in registers. Where a loop is unrolled later it may not.
template <int count, class Body>
[[gnu::always_inline]] inline void unrolled(Body body) {
  [&]<int... i>(std::integer_sequence<int, i...>) __attribute__((always_inline)) {
    (body(std::integral_constant<int, i>{}), ...);
  }
  (std::make_integer_sequence<int, count>{});
}

// Calls body(constant row, constant vector) for each vector of a tile.
template <int rows, class Body>
[[gnu::always_inline]] inline void for_vectors_of_tile(Body body) {
  unrolled<rows>([&](auto row) __attribute__((always_inline)) {
    unrolled<kPanelVectors>([&](auto v) __attribute__((always_inline)) { body(row, v); });
  });
}

// Where the groups of a tile's rows lie, from the first row's first on.
struct TileRows {
  const void* x;
  int64_t row_bytes, group_bytes;
};

// Adds to `sums` the products of one group of each row with the panel's.
template <class Dots, int rows>
[[gnu::always_inline]] inline void add_group(const char* group, int64_t row_bytes,
                                             const typename Dots::PanelEntry* panel, TileSums<Dots> (&sums)[rows]) {
  typename Dots::PanelVector vectors[kPanelVectors];
  unrolled<kPanelVectors>([&](auto v) __attribute__((always_inline)) {
    const auto* from = panel + v * kVectorColumns<Dots> * Dots::kGroup;
    vectors[v] = Dots::load(from);
    if constexpr (rows <= 2) __builtin_prefetch(from + 16 * kPanelGroup<Dots>);  // few rows wait for the panel
  });
  unrolled<rows>([&](auto row) __attribute__((always_inline)) {
    const typename Dots::Row of_row = Dots::row(group + row * row_bytes);
    unrolled<kPanelVectors>([&](auto v) __attribute__((always_inline)) {
      sums[row][v] = Dots::add(sums[row][v], of_row, vectors[v]);
    });
  });
}

// The same of `groups` groups. Every sum is one chain in order, whatever the tile.
template <class Dots, int rows>
[[gnu::always_inline]] inline void add_products(const TileRows& tile, const typename Dots::PanelEntry* panel,
                                                int64_t groups, TileSums<Dots> (&sums)[rows]) {
  const char* group = static_cast<const char*>(tile.x);
  const int64_t row_bytes = tile.row_bytes, group_bytes = tile.group_bytes;
  for (int64_t g = 0; g < groups; ++g, group += group_bytes, panel += kPanelGroup<Dots>)
    add_group<Dots, rows>(group, row_bytes, panel, sums);
}

// Calls body(constant number of rows, first row) for tiles that cover [first, last): as high as may be, the last of
// them lower.
template <int rows, class Body>
inline void for_tiles(int64_t first, int64_t last, Body body) {
  for (; first + rows <= last; first += rows) body(std::integral_constant<int, rows>{}, first);
  if constexpr (rows > 1)
    if (first < last) for_tiles<rows - 1>(first, last, body);
}

}  // namespace
}  // namespace heed

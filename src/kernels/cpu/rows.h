#pragma once

// Products, sums and softmax of rows in the first-level cache.

#include <cmath>
#include <cstdint>
#include <type_traits>

#include "kernels/cpu/lanes.h"

namespace heed {
namespace {

// A matrix whose entry (i, j) is data[i * row_stride + j * column_stride].
template <class A>
struct MatrixView {
  const A* data;
  int64_t row_stride, column_stride;
};

// A matrix whose row k begins at data[k * stride].
template <class T>
struct EvenRows {
  const T* data;
  int64_t stride;
  const T* row(int64_t k) const { return data + k * stride; }
};

// A tile of a product has so many rows and vectors that its sums fill the registers: 32 of a whole Lanes with AVX-512,
// 16 of a half with AVX2, 16 of a quarter else.
#if defined(__AVX512F__)
constexpr int kTileVectors = 4, kTileRows = 6;
#elif defined(__AVX2__)
constexpr int kTileVectors = 1, kTileRows = 6;
#else
constexpr int kTileVectors = 1, kTileRows = 2;
#endif

template <bool add, int rows, int vectors, class A, class Rows>
[[gnu::always_inline]] inline void product_tile(const MatrixView<A>& left, int64_t depth, const Rows& right,
                                                int64_t column, A* out, int64_t out_stride) {
  Lanes<A> sums[rows][vectors];
#pragma GCC unroll 8
  for (int i = 0; i < rows; ++i)
#pragma GCC unroll 4
    for (int v = 0; v < vectors; ++v)
      sums[i][v] = add ? load(out + i * out_stride + column + v * kLanes<A>) : Lanes<A>{};
  for (int64_t k = 0; k < depth; ++k) {
    const A* of_left = left.data + k * left.column_stride;
    const auto* row = right.row(k) + column;
    Lanes<A> of_right[vectors];
#pragma GCC unroll 4
    for (int v = 0; v < vectors; ++v) of_right[v] = load(row + v * kLanes<A>);
#pragma GCC unroll 8
    for (int i = 0; i < rows; ++i)
#pragma GCC unroll 4
      for (int v = 0; v < vectors; ++v) sums[i][v] += of_right[v] * of_left[i * left.row_stride];
  }
#pragma GCC unroll 8
  for (int i = 0; i < rows; ++i)
#pragma GCC unroll 4
    for (int v = 0; v < vectors; ++v) store(out + i * out_stride + column + v * kLanes<A>, sums[i][v]);
}

template <bool add, int rows, class A, class Rows>
inline void product_rows(const MatrixView<A>& left, int64_t depth, const Rows& right, int64_t columns, A* out,
                         int64_t out_stride) {
  int64_t j = 0;
  const auto tiles = [&](auto vectors) {
    for (; j + vectors * kLanes<A> <= columns; j += vectors * kLanes<A>)
      product_tile<add, rows, vectors>(left, depth, right, j, out, out_stride);
  };
  tiles(std::integral_constant<int, kTileVectors>{});
  if constexpr (kTileVectors > 2) tiles(std::integral_constant<int, 2>{});
  if constexpr (kTileVectors > 1) tiles(std::integral_constant<int, 1>{});
}

// out (rows, columns) = left (rows, depth) times right (depth, columns), or with `add` added to out. Row k of the right
// one begins at right.row(k). Columns are a multiple of the lane count. Every entry is one sum over the depth in order,
// whatever stands beside it.
template <bool add, class A, class Rows, int height = kTileRows>
inline void multiply(const MatrixView<A>& left, int64_t rows, int64_t depth, const Rows& right, int64_t columns, A* out,
                     int64_t out_stride) {
  int64_t i = 0;
  const auto rest = [&] { return MatrixView<A>{left.data + i * left.row_stride, left.row_stride, left.column_stride}; };
  for (; i + height <= rows; i += height)
    product_rows<add, height>(rest(), depth, right, columns, out + i * out_stride, out_stride);
  if constexpr (height > 1)
    if (i < rows)
      multiply<add, A, Rows, height - 1>(rest(), rows - i, depth, right, columns, out + i * out_stride, out_stride);
}

// x[i] += y[i]
template <class A>
void add_to(const A* y, int64_t count, A* x) {
  for_lanes<A>(count,
               [&](int64_t i, int64_t n) { store_up_to(x + i, load_up_to(x + i, n) + load_up_to(y + i, n), n); });
}

// Scores, times `scale`, to softmax weights in place: those of the vectors for which for_vectors(body) calls
// body(column).
template <class A, class ForVectors>
void softmax(A* scores, A scale, ForVectors for_vectors) {
  Lanes<A> top = splat<A>(-INFINITY), total{};
  for_vectors([&](int64_t j) {
    const Lanes<A> x = load(scores + j) * scale;
    store(scores + j, x);
    top = x > top ? x : top;
  });
  const A max = largest<A>(top);
  for_vectors([&](int64_t j) {
    const Lanes<A> e = exponential(load(scores + j) - max);
    store(scores + j, e);
    total += e;
  });
  const A inverse = A{1} / sum<A>(total);
  for_vectors([&](int64_t j) { store(scores + j, load(scores + j) * inverse); });
}

// Of all columns.
template <class A>
void softmax(A* scores, int64_t columns, A scale) {
  softmax<A>(scores, scale, [&](auto body) {
    for (int64_t j = 0; j < columns; j += kLanes<A>) body(j);
  });
}

}  // namespace
}  // namespace heed

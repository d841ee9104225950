#pragma once

// Products, sums and softmax of rows in the first-level cache.

#include <cmath>
#include <cstdint>

#include "kernels/cpu/lanes.h"

namespace heed {
namespace {

// out[j] = sum over k of row[k] * matrix[k][j] for j < columns, a multiple of the lane count; rows of the matrix are
// `stride` apart.
template <class A>
void row_times_matrix(const A* row, const A* matrix, int64_t size, int64_t stride, int64_t columns, A* out) {
  int64_t j = 0;
  for (; j + 2 * kLanes<A> <= columns; j += 2 * kLanes<A>) {
    Lanes<A> first{}, second{};
    for (int64_t k = 0; k < size; ++k) {
      first += load(matrix + k * stride + j) * row[k];
      second += load(matrix + k * stride + j + kLanes<A>) * row[k];
    }
    store(out + j, first);
    store(out + j + kLanes<A>, second);
  }
  for (; j < columns; j += kLanes<A>) {
    Lanes<A> total{};
    for (int64_t k = 0; k < size; ++k) total += load(matrix + k * stride + j) * row[k];
    store(out + j, total);
  }
}

// out[k] += sum over j < count of weights[j] * matrix[j][k], matrix (count, size)
template <class A>
void add_weighted_rows(const A* weights, const A* matrix, int64_t count, int64_t size, A* out) {
  for_lanes<A>(size, [&](int64_t i, int64_t lanes) {
    Lanes<A> total = load_up_to(out + i, lanes);
    for (int64_t j = 0; j < count; ++j) total += load_up_to(matrix + j * size + i, lanes) * weights[j];
    store_up_to(out + i, total, lanes);
  });
}

// matrix[j] += weights[j] * row for j < count
template <class A>
void add_outer(const A* weights, const A* row, int64_t count, int64_t size, A* matrix) {
  for (int64_t j = 0; j < count; ++j)
    for_lanes<A>(size, [&](int64_t i, int64_t lanes) {
      A* target = matrix + j * size + i;
      store_up_to(target, load_up_to(target, lanes) + load_up_to(row + i, lanes) * weights[j], lanes);
    });
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

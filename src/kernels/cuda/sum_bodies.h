#pragma once

#include "kernels/cpu/cpu_kernels.h"
#include "kernels/cuda/element_bodies.h"

// Sums over rows without atomics: the order is fixed by the shapes alone, so a result has the same bits every time.
// Long sums are cut into pieces that other threads sum, then the pieces are summed in the same way.

namespace heed {

constexpr int64_t kRowsPerPiece = 64;

// Items: columns of pieces, (pieces, width). sums[piece][column] = sum over the piece's rows of x[row][column].
template <class T>
struct PieceSums {
  const T* x;
  int64_t rows, width;
  ArithmeticOf<T>* sums;

  HEED_HOST_DEVICE void operator()(int64_t i) const {
    const int64_t first = i / width * kRowsPerPiece, column = i % width;
    const int64_t last = first + kRowsPerPiece < rows ? first + kRowsPerPiece : rows;
    ArithmeticOf<T> total = 0;
    for (int64_t row = first; row < last; ++row) total += load_element(x + row * width + column);
    sums[i] = total;
  }
};

// The same for the gradients of a layer norm's parameters: sums (pieces, 2 width), gamma's columns before beta's.
template <class T>
struct LayerNormPieceSums {
  using A = ArithmeticOf<T>;
  const T* x;
  const A* stats;
  const T* dy;
  int64_t rows, width;
  A* sums;

  HEED_HOST_DEVICE void operator()(int64_t i) const {  // items: (pieces, width)
    const int64_t piece = i / width, column = i % width, first = piece * kRowsPerPiece;
    const int64_t last = first + kRowsPerPiece < rows ? first + kRowsPerPiece : rows;
    A gamma = 0, beta = 0;
    for (int64_t row = first; row < last; ++row) {
      const A g = load_element(dy + row * width + column);
      gamma += g * ((load_element(x + row * width + column) - stats[2 * row]) * stats[2 * row + 1]);
      beta += g;
    }
    sums[2 * piece * width + column] = gamma;
    sums[(2 * piece + 1) * width + column] = beta;
  }
};

// The gradient of a table by id, in two steps over the ids in sorted order (`order`: the row of `dy` each came from).
// An id's rows are a run; a run is cut wherever a multiple of kRunPiece lies. Items: (N, width).
constexpr int64_t kRunPiece = 32;

// Step 1: where a piece begins, sums[place][column] = sum of its rows, dropped as forward dropped them.
template <class T>
struct RunPieceSums {
  using A = ArithmeticOf<T>;
  const T* dy;
  const int64_t *sorted_ids, *order;
  int64_t count, width;
  DropoutPlan plan;
  A* sums;

  HEED_HOST_DEVICE void operator()(int64_t i) const {
    const int64_t first = i / width, column = i % width, id = sorted_ids[first];
    if (first % kRunPiece != 0 && sorted_ids[first - 1] == id) return;
    const int64_t next_cut = (first / kRunPiece + 1) * kRunPiece, last = next_cut < count ? next_cut : count;
    A total = 0;
    for (int64_t place = first; place < last && sorted_ids[place] == id; ++place) {
      const int64_t element = order[place] * width + column;
      total += load_element(dy + element) * keep_factor<A>(plan, plan.key, element);
    }
    sums[i] = total;
  }
};

// Step 2: where a run begins, gradient[id][column] += scale * sum of its pieces.
template <class A>
struct AddRuns {
  const A* sums;
  const int64_t* sorted_ids;
  int64_t count, width;
  A scale;
  A* gradient;

  HEED_HOST_DEVICE void operator()(int64_t i) const {
    const int64_t first = i / width, column = i % width, id = sorted_ids[first];
    if (first != 0 && sorted_ids[first - 1] == id) return;
    A total = sums[i];
    for (int64_t place = (first / kRunPiece + 1) * kRunPiece; place < count && sorted_ids[place] == id;
         place += kRunPiece)
      total += sums[place * width + column];
    gradient[id * width + column] += scale * total;
  }
};

// Items: the lanes of a sum of squares; lane i takes elements i, i + lanes, i + 2 lanes, ...
template <class A>
struct SquaredSums {
  const A* x;
  int64_t size, lanes;
  double* sums;

  HEED_HOST_DEVICE void operator()(int64_t i) const {
    double total = 0;
    for (int64_t e = i; e < size; e += lanes) total += static_cast<double>(x[e]) * static_cast<double>(x[e]);
    sums[i] = total;
  }
};

}  // namespace heed

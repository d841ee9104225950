#pragma once

// Products with packed matrices. See kernels/packed_product.h.

#include <algorithm>

#include "kernels/cpu/cpu_kernels.h"
#include "kernels/cpu/lanes.h"

namespace heed {
namespace {

// A panel is so wide, and a tile so high, that the tile's sums fill the registers and leave room for a row of the panel
// and for one entry of x: 32 registers of a whole Lanes with AVX-512, 16 of a half with AVX2, 16 of a quarter else.
#if defined(__AVX512F__)
constexpr int kPanelVectors = 4, kTileRows = 6;
#elif defined(__AVX2__)
constexpr int kPanelVectors = 1, kTileRows = 6;
#else
constexpr int kPanelVectors = 1, kTileRows = 2;
#endif
template <class A>
constexpr int64_t kPanelColumns = kPanelVectors* kLanes<A>;

// Items are panels.
template <class T>
void pack_matrix(const PackPlan<T>& plan, int64_t begin, int64_t end) {
  constexpr int64_t kWidth = kPanelColumns<T>;
  for (int64_t panel = begin; panel < end; ++panel) {
    T* to = plan.panels + panel * kWidth * plan.in;
    const int64_t columns = std::min(kWidth, plan.out - panel * kWidth);
    for (int64_t column = 0; column < kWidth; ++column) {
      const T* from = plan.weight + (panel * kWidth + column) * plan.weight_stride;
      for (int64_t k = 0; k < plan.in; ++k) to[k * kWidth + column] = column < columns ? from[k] : T{0};
    }
  }
}

template <class T>
struct BiasOfPanel {
  BiasOfPanel(const ProductPlan<T>& plan, int64_t panel, int64_t columns) {
    if (!plan.bias) return;
    for (int64_t v = 0; v < kPanelVectors; ++v) {
      const int64_t first = v * kLanes<T>, count = std::clamp<int64_t>(columns - first, 0, kLanes<T>);
      lanes[v] = load_up_to(plan.bias + panel * kPanelColumns<T> + first, count);
    }
  }
  Lanes<T> lanes[kPanelVectors] = {};
};

// `rows` rows of one panel's columns. Every sum is one chain over k, whatever the tile.
template <int rows, class T>
inline void product_tile(const ProductPlan<T>& plan, int64_t panel, int64_t first_row) {
  constexpr int64_t kWidth = kPanelColumns<T>;
  constexpr int64_t kAhead = rows <= 2 ? 16 * kWidth : 0;  // few rows wait for the matrix, not for the sums
  const T* x = plan.x + first_row * plan.x_stride;
  const T* row_of_panel = plan.panels + panel * kWidth * plan.in;
  Lanes<T> sums[rows][kPanelVectors] = {};
  for (int64_t k = 0; k < plan.in; ++k, row_of_panel += kWidth) {
    Lanes<T> of_panel[kPanelVectors];
#pragma GCC unroll 4
    for (int v = 0; v < kPanelVectors; ++v) {
      of_panel[v] = load(row_of_panel + v * kLanes<T>);
      if constexpr (kAhead > 0) __builtin_prefetch(row_of_panel + v * kLanes<T> + kAhead);
    }
#pragma GCC unroll 8
    for (int row = 0; row < rows; ++row) {
      const Lanes<T> entry = splat<T>(x[row * plan.x_stride + k]);
#pragma GCC unroll 4
      for (int v = 0; v < kPanelVectors; ++v) sums[row][v] += entry * of_panel[v];
    }
  }
  const int64_t columns = std::min(kWidth, plan.out - panel * kWidth);
  const BiasOfPanel<T> bias(plan, panel, columns);
  T part[kWidth];  // of the result, in the last panel
#pragma GCC unroll 8
  for (int row = 0; row < rows; ++row) {
    T* y = plan.y + (first_row + row) * plan.out + panel * kWidth;
    T* to = columns == kWidth ? y : part;
#pragma GCC unroll 4
    for (int v = 0; v < kPanelVectors; ++v) store(to + v * kLanes<T>, sums[row][v] + bias.lanes[v]);
    if (to == part) std::memcpy(y, part, static_cast<size_t>(columns) * sizeof(T));
  }
}

// The last rows of a block, fewer than a whole tile has.
template <int rows, class T>
inline void product_remainder(const ProductPlan<T>& plan, int64_t panel, int64_t first_row, int64_t count) {
  if constexpr (rows > 0) {
    if (count == rows) return product_tile<rows>(plan, panel, first_row);
    product_remainder<rows - 1>(plan, panel, first_row, count);
  }
}

// Item i is a panel of a block of kProductRows rows: all panels of the first block, then of the second, ...
template <class T>
void packed_product(const ProductPlan<T>& plan, int64_t begin, int64_t end) {
  const int64_t panels = (plan.out + kPanelColumns<T> - 1) / kPanelColumns<T>;
  for (int64_t item = begin; item < end; ++item) {
    const int64_t panel = item % panels, last = std::min(plan.rows, (item / panels + 1) * kProductRows);
    int64_t row = item / panels * kProductRows;
    for (; row + kTileRows <= last; row += kTileRows) product_tile<kTileRows>(plan, panel, row);
    product_remainder<kTileRows - 1>(plan, panel, row, last - row);
  }
}

}  // namespace
}  // namespace heed

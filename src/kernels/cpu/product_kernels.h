#pragma once

// Products of rows with panels. See kernels/packed_weight.h.

#include "kernels/cpu/lanes.h"
#include "kernels/cpu/product_tile.h"
#include "kernels/product_plans.h"

namespace heed {
namespace {

// The stretch of the depth that is added up in one go, so that its part of a panel and of a block of rows stays in the
// second-level cache. In groups.
constexpr int64_t kStretch = 1024;
struct Stretch {
  int64_t first, end;
  bool last;
};

inline void store_as(float* to, ColumnFloats sums) { std::memcpy(to, &sums, sizeof sums); }
inline void store_as(double* to, ColumnDoubles sums) { std::memcpy(to, &sums, sizeof sums); }
inline void store_as(BFloat16* to, ColumnFloats sums) {
#if defined(__AVX512BF16__)
  const auto half = _mm512_cvtneps_pbh(sums);
#else
  typedef uint16_t Halves __attribute__((vector_size(kVectorBytes / 2)));
  typedef uint32_t Words __attribute__((vector_size(kVectorBytes)));
  const auto half = narrow_to<Halves, Words>(sums);
#endif
  std::memcpy(to, &half, sizeof half);
}

template <class Dots>
inline typename Dots::Sums first_sums(const ProductPlan& plan, int64_t column) {
  if constexpr (std::is_same_v<Dots, Int8Dots>) return load_vector<ColumnWords>(plan.corrections + column);
  return typename Dots::Sums{};
}

// What the sums of a vector of columns stand for.
inline ColumnFloats result_of(const ProductPlan& plan, ColumnWords sums, int64_t row, int64_t column) {
  const auto scales = load_vector<ColumnFloats>(plan.scales + column) * plan.x_scales[row];
  return __builtin_convertvector(sums, ColumnFloats) * scales;
}
template <class Sums>
inline Sums result_of(const ProductPlan& /*plan*/, Sums sums, int64_t, int64_t) {
  return sums;
}
template <class Dots>
using ResultOf = std::conditional_t<std::is_same_v<Dots, DoubleDots>, double, float>;

template <class Dots, class T, int rows>
[[gnu::always_inline]] inline void write_tile(const ProductPlan& plan, int64_t first_row, int64_t first_column,
                                              const TileSums<Dots> (&sums)[rows]) {
  using Result = ResultOf<Dots>;
  using Results = std::conditional_t<std::is_same_v<Dots, DoubleDots>, ColumnDoubles, ColumnFloats>;
  const int64_t columns = std::min(kPanelColumns<Dots>, plan.columns - first_column);
  Result bias[kPanelColumns<Dots>] = {};
  if (plan.bias)
    std::memcpy(bias, static_cast<const Result*>(plan.bias) + first_column,
                static_cast<size_t>(columns) * sizeof(Result));
  T part[kPanelColumns<Dots>];  // of the result, in the last panel
  unrolled<rows>([&](auto row) __attribute__((always_inline)) {
    T* y = static_cast<T*>(plan.y) + (first_row + row) * plan.columns + first_column;
    T* to = columns == kPanelColumns<Dots> ? y : part;
    unrolled<kPanelVectors>([&](auto v) __attribute__((always_inline)) {
      constexpr int64_t i = v * kVectorColumns<Dots>;
      store_as(to + i,
               result_of(plan, sums[row][v], first_row + row, first_column + i) + load_vector<Results>(bias + i));
    });
    if (to == part) std::memcpy(y, part, static_cast<size_t>(columns) * sizeof(T));
  });
}

// `rows` rows of one panel's columns; `kept` has their sums from one stretch to the next.
template <class Dots, class T, int rows>
inline void product_tile(const ProductPlan& plan, int64_t row, int64_t panel, const Stretch& stretch,
                         TileSums<Dots>* kept) {
  const int64_t column = panel * kPanelColumns<Dots>;
  const auto* panels = static_cast<const typename Dots::PanelEntry*>(plan.panels);
  const int64_t groups = whole(plan.depth, Dots::kGroup);
  TileSums<Dots> sums[rows];
  for_vectors_of_tile<rows>([&](auto r, auto v) __attribute__((always_inline)) {
    sums[r][v] = stretch.first == 0 ? first_sums<Dots>(plan, column + v * kVectorColumns<Dots>) : kept[r][v];
  });
  const char* x = static_cast<const char*>(plan.x) + row * plan.row_bytes + stretch.first * kRowGroupBytes<Dots>;
  add_products<Dots, rows>({x, plan.row_bytes, kRowGroupBytes<Dots>},
                           panels + (panel * groups + stretch.first) * kPanelGroup<Dots>, stretch.end - stretch.first,
                           sums);
  if (stretch.last) return write_tile<Dots, T>(plan, row, column, sums);
  for_vectors_of_tile<rows>([&](auto r, auto v) __attribute__((always_inline)) { kept[r][v] = sums[r][v]; });
}

// All rows of a block, from `first` on.
template <class Dots, class T>
void product_of_block(const ProductPlan& plan, int64_t first, int64_t panel) {
  const int64_t groups = whole(plan.depth, Dots::kGroup), last = std::min(plan.rows, first + kProductRows);
  TileSums<Dots> kept[kProductRows];
  for (int64_t g = 0; g == 0 || g < groups; g += kStretch) {
    const Stretch stretch{g, std::min(groups, g + kStretch), g + kStretch >= groups};
    for_tiles<Dots::kTileRows>(first, last, [&](auto rows, int64_t row) {
      product_tile<Dots, T, rows>(plan, row, panel, stretch, kept + (row - first));
    });
  }
}

// Item i is a panel of a block of kProductRows rows: all panels of the first block, then of the second, ...
template <class Dots, class T>
void product(const ProductPlan& plan, int64_t begin, int64_t end) {
  const int64_t panels = whole(plan.columns, kPanelColumns<Dots>);
  for (int64_t item = begin; item < end; ++item)
    product_of_block<Dots, T>(plan, item / panels * kProductRows, item % panels);
}

}  // namespace
}  // namespace heed

#pragma once

// Products of rows and panels whose entries are reduced to fewer bits (kernels/reduced_plans.h). Compiled without
// contraction of multiplications and additions, so that 8 bits come to the same in all instruction sets.

#include <algorithm>
#include <cmath>

#include "kernels/cpu/dot_products.h"
#include "kernels/cpu/lanes.h"
#include "kernels/reduced_plans.h"

namespace heed {
namespace {

// As in product_kernels.h: sums fill the registers and leave room for a row of the panel and a group of the row.
constexpr int kPanelVectors = kVectorBytes == 64 ? 4 : 2;
constexpr int64_t kPanelColumns = int64_t{kPanelVectors} * kColumns;
constexpr float kLargest = 127;

template <class Dots>
int64_t num_groups(int64_t in) {
  return (in + Dots::kGroup - 1) / Dots::kGroup;
}

// 127 / largest, or 0 for a row of (nearly) nothing.
inline float inverse_scale(float largest) { return largest > 1e-30f ? kLargest / largest : 0; }

// The nearest whole number, the even one of two, for |x| < 2^22.
inline Lanes<float> rounded(Lanes<float> x) {
  const Lanes<float> magic = splat<float>(12582912.0f);  // 1.5 * 2^23
  return (x + magic) - magic;
}

struct RowSize {
  float largest;
  float finite;  // 0, or NaN for a row that is not finite
};
inline RowSize size_of(const float* x, int64_t in) {
  Lanes<float> top{}, finite{};
  for_lanes<float>(in, [&](int64_t k, int64_t count) {
    const Lanes<float> entries = load_up_to(x + k, count), sizes = entries < 0 ? -entries : entries;
    top = sizes > top ? sizes : top;
    finite += entries * 0;
  });
  return {largest<float>(top), sum<float>(finite)};
}

void rows_to_int8(const ReduceRowsPlan& plan, int64_t begin, int64_t end) {
  using Entry = Int8Dots::RowEntry;
  typedef Entry Entries __attribute__((vector_size(16 * sizeof(Entry))));
  for (int64_t row = begin; row < end; ++row) {
    const float* x = plan.x + row * plan.x_stride;
    const RowSize size = size_of(x, plan.in);
    const float inverse = inverse_scale(size.largest);
    auto* to = reinterpret_cast<Entry*>(static_cast<char*>(plan.reduced) + row * reduced_row_bytes(plan.in));
    for_lanes<float>(plan.in, [&](int64_t k, int64_t count) {
      const Lanes<float> whole = rounded(load_up_to(x + k, count) * inverse) + static_cast<float>(Int8Dots::kOffset);
      const auto words = __builtin_convertvector(whole, LanesOf<float>::integer);
      const Entries entries = __builtin_convertvector(words, Entries);
      std::memcpy(to + k, &entries, sizeof entries);
    });
    plan.scales[row] = size.largest / kLargest + size.finite;
  }
}

void rows_to_bfloat16(const ReduceRowsPlan& plan, int64_t begin, int64_t end) {
  for (int64_t row = begin; row < end; ++row) {
    const float* x = plan.x + row * plan.x_stride;
    auto* to = reinterpret_cast<uint16_t*>(static_cast<char*>(plan.reduced) + row * reduced_row_bytes(plan.in));
    for_lanes<float>(plan.in, [&](int64_t k, int64_t count) {
      const Half half = narrow(load_up_to(x + k, count));
      std::memcpy(to + k, &half, sizeof half);
    });
  }
}

// Calls column(index, its weight, put(k, entry)) for the columns of each panel.
template <class Dots, class Column>
void fill_panels(const ReducePanelsPlan& plan, int64_t begin, int64_t end, Column column) {
  using Entry = typename Dots::PanelEntry;
  const int64_t size = num_groups<Dots>(plan.in) * Dots::kGroup * kPanelColumns;
  for (int64_t panel = begin; panel < end; ++panel) {
    Entry* to = static_cast<Entry*>(plan.panels) + panel * size;
    std::fill_n(to, size, Entry{0});
    for (int64_t c = 0; c < kPanelColumns; ++c) {
      const int64_t index = panel * kPanelColumns + c;
      if (index >= plan.out) break;
      column(index, plan.weight + index * plan.weight_stride, [&](int64_t k, Entry entry) {
        to[(k / Dots::kGroup * kPanelColumns + c) * Dots::kGroup + k % Dots::kGroup] = entry;
      });
    }
  }
}

void panels_to_int8(const ReducePanelsPlan& plan, int64_t begin, int64_t end) {
  const int64_t first = begin * kPanelColumns, count = (end - begin) * kPanelColumns;
  std::fill_n(plan.scales + first, count, 0.0f);
  std::fill_n(plan.corrections + first, count, 0);
  fill_panels<Int8Dots>(plan, begin, end, [&](int64_t column, const float* weight, auto put) {
    const RowSize size = size_of(weight, plan.in);
    const float inverse = inverse_scale(size.largest);
    int32_t total = 0;
    for (int64_t k = 0; k < plan.in; ++k) {
      const auto whole = size.finite == 0 ? static_cast<int32_t>(std::nearbyint(weight[k] * inverse)) : 0;
      put(k, static_cast<int8_t>(whole));
      total += whole;
    }
    plan.scales[column] = size.largest / kLargest + size.finite;
    plan.corrections[column] = -Int8Dots::kOffset * total;
  });
}

void panels_to_bfloat16(const ReducePanelsPlan& plan, int64_t begin, int64_t end) {
  fill_panels<BFloat16Dots>(plan, begin, end, [&](int64_t, const float* weight, auto put) {
    for (int64_t k = 0; k < plan.in; ++k) put(k, narrow(splat<float>(weight[k]))[0]);
  });
}

template <class Dots>
inline typename Dots::Sums first_sums(const ReducedProductPlan& plan, int64_t column) {
  if constexpr (std::is_same_v<Dots, Int8Dots>) return load_vector<ColumnWords>(plan.corrections + column);
  return typename Dots::Sums{};
}

inline ColumnFloats result_of(const ReducedProductPlan& plan, ColumnWords sums, int64_t row, int64_t column) {
  const auto scales = load_vector<ColumnFloats>(plan.scales + column) * plan.x_scales[row];
  return __builtin_convertvector(sums, ColumnFloats) * scales;
}
inline ColumnFloats result_of(const ReducedProductPlan& /*plan*/, ColumnFloats sums, int64_t, int64_t) { return sums; }

// `rows` rows of one panel's columns. Every sum is one chain over the groups in order, whatever the tile.
template <class Dots, int rows>
inline void reduced_tile(const ReducedProductPlan& plan, int64_t panel, int64_t first_row) {
  constexpr int64_t kGroupEntries = kPanelColumns * Dots::kGroup;
  const int64_t groups = num_groups<Dots>(plan.in), row_bytes = reduced_row_bytes(plan.in);
  const int64_t first_column = panel * kPanelColumns;
  const char* x = static_cast<const char*>(plan.x) + first_row * row_bytes;
  const auto* group_of_panel =
      static_cast<const typename Dots::PanelEntry*>(plan.panels) + panel * groups * kGroupEntries;
  typename Dots::Sums sums[rows][kPanelVectors];
#pragma GCC unroll 8
  for (int row = 0; row < rows; ++row)
#pragma GCC unroll 4
    for (int v = 0; v < kPanelVectors; ++v) sums[row][v] = first_sums<Dots>(plan, first_column + v * kColumns);
  for (int64_t g = 0; g < groups; ++g, group_of_panel += kGroupEntries) {
    typename Dots::PanelVector vectors[kPanelVectors];
#pragma GCC unroll 4
    for (int v = 0; v < kPanelVectors; ++v) {
      const auto* from = group_of_panel + v * kColumns * Dots::kGroup;
      vectors[v] = Dots::load(from);
      if constexpr (rows <= 2) __builtin_prefetch(from + 16 * kGroupEntries);  // few rows wait for the panel
    }
#pragma GCC unroll 8
    for (int row = 0; row < rows; ++row) {
      int32_t group;
      std::memcpy(&group, x + row * row_bytes + g * 4, sizeof group);
      const ColumnWords of_row = ColumnWords{} + group;
#pragma GCC unroll 4
      for (int v = 0; v < kPanelVectors; ++v) Dots::add(sums[row][v], of_row, vectors[v]);
    }
  }
  const int64_t columns = std::min(kPanelColumns, plan.out - first_column);
  float bias[kPanelColumns] = {}, part[kPanelColumns];
  if (plan.bias) std::memcpy(bias, plan.bias + first_column, static_cast<size_t>(columns) * sizeof(float));
#pragma GCC unroll 8
  for (int row = 0; row < rows; ++row) {
    float* y = plan.y + (first_row + row) * plan.out + first_column;
    float* to = columns == kPanelColumns ? y : part;
#pragma GCC unroll 4
    for (int v = 0; v < kPanelVectors; ++v) {
      const ColumnFloats result = result_of(plan, sums[row][v], first_row + row, first_column + v * kColumns) +
                                  load_vector<ColumnFloats>(bias + v * kColumns);
      std::memcpy(to + v * kColumns, &result, sizeof result);
    }
    if (to == part) std::memcpy(y, part, static_cast<size_t>(columns) * sizeof(float));
  }
}

template <class Dots, int rows>
inline void reduced_remainder(const ReducedProductPlan& plan, int64_t panel, int64_t first_row, int64_t count) {
  if constexpr (rows > 0) {
    if (count == rows) return reduced_tile<Dots, rows>(plan, panel, first_row);
    reduced_remainder<Dots, rows - 1>(plan, panel, first_row, count);
  }
}

template <class Dots>
void reduced_product(const ReducedProductPlan& plan, int64_t begin, int64_t end) {
  const int64_t panels = (plan.out + kPanelColumns - 1) / kPanelColumns;
  for (int64_t item = begin; item < end; ++item) {
    const int64_t panel = item % panels, last = std::min(plan.rows, (item / panels + 1) * kProductRows);
    int64_t row = item / panels * kProductRows;
    for (; row + Dots::kTileRows <= last; row += Dots::kTileRows) reduced_tile<Dots, Dots::kTileRows>(plan, panel, row);
    reduced_remainder<Dots, Dots::kTileRows - 1>(plan, panel, row, last - row);
  }
}

}  // namespace
}  // namespace heed

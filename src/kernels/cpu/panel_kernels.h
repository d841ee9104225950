#pragma once

// Panels of a product's columns, and rows of fewer bits (kernels/product_plans.h).

#include <cmath>

#include "kernels/cpu/buffer.h"
#include "kernels/cpu/lanes.h"
#include "kernels/cpu/product_tile.h"
#include "kernels/product_plans.h"

namespace heed {
namespace {

constexpr float kLargest = 127;

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
inline RowSize size_of(const float* x, int64_t depth) {
  Lanes<float> top{}, finite{};
  for_lanes<float>(depth, [&](int64_t k, int64_t count) {
    const Lanes<float> entries = load_up_to(x + k, count), sizes = entries < 0 ? -entries : entries;
    top = sizes > top ? sizes : top;
    finite += entries * 0;
  });
  return {largest<float>(top), sum<float>(finite)};
}

void rows_to_int8(const RowsPlan& plan, int64_t begin, int64_t end) {
  using Entry = Int8Dots::RowEntry;
  typedef Entry Entries __attribute__((vector_size(16 * sizeof(Entry))));
  for (int64_t row = begin; row < end; ++row) {
    const float* x = plan.x + row * plan.x_stride;
    const RowSize size = size_of(x, plan.depth);
    const float inverse = inverse_scale(size.largest);
    auto* to = reinterpret_cast<Entry*>(static_cast<char*>(plan.reduced) + row * reduced_row_bytes(plan.depth));
    for_lanes<float>(plan.depth, [&](int64_t k, int64_t count) {
      const Lanes<float> nearest = rounded(load_up_to(x + k, count) * inverse) + static_cast<float>(Int8Dots::kOffset);
      const auto words = __builtin_convertvector(nearest, LanesOf<float>::integer);
      const Entries entries = __builtin_convertvector(words, Entries);
      std::memcpy(to + k, &entries, sizeof entries);
    });
    plan.scales[row] = size.largest / kLargest + size.finite;
  }
}

// `count` numbers to bf16, to whole lanes.
inline void to_bfloat16(const float* x, int64_t count, uint16_t* to) {
  for_lanes<float>(count, [&](int64_t k, int64_t lanes) {
    const Half half = narrow(load_up_to(x + k, lanes));
    std::memcpy(to + k, &half, sizeof half);
  });
}

void rows_to_bfloat16(const RowsPlan& plan, int64_t begin, int64_t end) {
  for (int64_t row = begin; row < end; ++row)
    to_bfloat16(plan.x + row * plan.x_stride, plan.depth,
                reinterpret_cast<uint16_t*>(static_cast<char*>(plan.reduced) + row * reduced_row_bytes(plan.depth)));
}

// Calls fill(panel, its first column, its number of columns) for zeroed panels.
template <class Dots, class Fill>
inline void for_panels(const PanelsPlan& plan, int64_t begin, int64_t end, Fill fill) {
  using Entry = typename Dots::PanelEntry;
  const int64_t size = whole(plan.depth, Dots::kGroup) * kPanelGroup<Dots>;
  for (int64_t panel = begin; panel < end; ++panel) {
    Entry* to = static_cast<Entry*>(plan.panels) + panel * size;
    const int64_t first = panel * kPanelColumns<Dots>, columns = std::min(kPanelColumns<Dots>, plan.columns - first);
    std::memset(to, 0, static_cast<size_t>(size) * sizeof(Entry));
    fill(to, first, columns);
  }
}

template <class Dots>
inline const auto* column_of(const PanelsPlan& plan, int64_t column) {
  using Entry = std::conditional_t<std::is_same_v<Dots, DoubleDots>, double, float>;
  return static_cast<const Entry*>(plan.weight) + column * plan.column_stride;
}

// Of fp32 or double as they are.
template <class Dots>
void own_panels(const PanelsPlan& plan, int64_t begin, int64_t end) {
  constexpr int64_t kWidth = kPanelColumns<Dots>;
  for_panels<Dots>(plan, begin, end, [&](auto* to, int64_t first, int64_t columns) {
    const auto* weight = column_of<Dots>(plan, first);
    if (plan.column_stride == 1) {
      for (int64_t k = 0; k < plan.depth; ++k)
        std::memcpy(to + k * kWidth, weight + k * plan.depth_stride, static_cast<size_t>(columns) * sizeof *to);
      return;
    }
    for (int64_t c = 0; c < columns; ++c)
      for (int64_t k = 0; k < plan.depth; ++k) to[k * kWidth + c] = weight[c * plan.column_stride + k];
  });
}

// Pairs of two rows' entries, bf16 in 32 bits; `second` may be null for a row of zeros.
inline void pair_rows(const float* first, const float* second, int64_t count, uint16_t* to) {
  for_lanes<float>(count, [&](int64_t i, int64_t lanes) {
    Word word = __builtin_convertvector(narrow(load_up_to(first + i, lanes)), Word);
    if (second) word |= __builtin_convertvector(narrow(load_up_to(second + i, lanes)), Word) << 16;
    std::memcpy(to + 2 * i, &word, static_cast<size_t>(lanes) * sizeof(uint32_t));
  });
}

// Of columns that lie beside each other, and of columns whose entries do; `column` holds one, and a zero.
inline void fill_by_pairs(const PanelsPlan& plan, const float* weight, int64_t columns, uint16_t* to) {
  for (int64_t k = 0; k < plan.depth; k += 2, to += kPanelGroup<BFloat16Dots>) {
    const float* row = weight + k * plan.depth_stride;
    pair_rows(row, k + 1 < plan.depth ? row + plan.depth_stride : nullptr, columns, to);
  }
}
inline void fill_by_columns(const PanelsPlan& plan, const float* weight, int64_t columns, uint16_t* column,
                            uint16_t* to) {
  for (int64_t c = 0; c < columns; ++c) {
    to_bfloat16(weight + c * plan.column_stride, plan.depth, column);
    column[plan.depth] = 0;
    for (int64_t g = 0; 2 * g < plan.depth; ++g)
      std::memcpy(to + g * kPanelGroup<BFloat16Dots> + 2 * c, column + 2 * g, 4);
  }
}

void bfloat16_panels(const PanelsPlan& plan, int64_t begin, int64_t end) {
  using Dots = BFloat16Dots;
  Buffer<uint16_t> column((plan.depth + 15) / 16 * 16 + 2);
  for_panels<Dots>(plan, begin, end, [&](uint16_t* to, int64_t first, int64_t columns) {
    const float* weight = column_of<Dots>(plan, first);
    if (plan.column_stride == 1) return fill_by_pairs(plan, weight, columns, to);
    fill_by_columns(plan, weight, columns, column.data(), to);
  });
}

inline void fill_int8_column(const PanelsPlan& plan, int64_t column, int8_t* to) {
  using Dots = Int8Dots;
  const float* weight = column_of<Dots>(plan, column);
  const RowSize size = size_of(weight, plan.depth);
  const float inverse = inverse_scale(size.largest);
  int32_t total = 0;
  for (int64_t k = 0; k < plan.depth; ++k) {
    const auto nearest = size.finite == 0 ? static_cast<int32_t>(std::nearbyint(weight[k] * inverse)) : 0;
    to[k / Dots::kGroup * kPanelGroup<Dots> + k % Dots::kGroup] = static_cast<int8_t>(nearest);
    total += nearest;
  }
  plan.scales[column] = size.largest / kLargest + size.finite;
  plan.corrections[column] = -Dots::kOffset * total;
}

void int8_panels(const PanelsPlan& plan, int64_t begin, int64_t end) {
  using Dots = Int8Dots;
  std::fill(plan.scales + begin * kPanelColumns<Dots>, plan.scales + end * kPanelColumns<Dots>, 0.0f);
  std::fill(plan.corrections + begin * kPanelColumns<Dots>, plan.corrections + end * kPanelColumns<Dots>, 0);
  for_panels<Dots>(plan, begin, end, [&](int8_t* to, int64_t first, int64_t columns) {
    for (int64_t c = 0; c < columns; ++c) fill_int8_column(plan, first + c, to + c * Dots::kGroup);
  });
}

}  // namespace
}  // namespace heed

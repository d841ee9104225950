#pragma once

// Products of transposed rows. See kernels/weight_gradient.h.

#include <utility>

#include "kernels/cpu/buffer.h"
#include "kernels/cpu/lanes.h"
#include "kernels/cpu/product_tile.h"
#include "kernels/product_plans.h"

namespace heed {
namespace {

// Groups of rows that are added up in one go: a block's part of the gradient and some panels of x stay in the
// second-level cache.
constexpr int64_t kGradientGroups = 256;

// The columns of a group of rows beside each other, entries of one column being neighbours: `rows` rows from `from` on,
// no more than the group has, rows that are missing being zeros. At `to` or, where that is how they lie, at `from`.
template <class A>
inline const A* grouped(const A* from, int64_t /*stride*/, int64_t /*rows*/, int64_t /*columns*/, A* /*to*/) {
  return from;
}
inline const uint32_t* grouped(const BFloat16* from, int64_t stride, int64_t rows, int64_t columns, uint32_t* to) {
  const auto entries = [](const BFloat16* row, int64_t count) {
    Half half{};
    std::memcpy(&half, row, static_cast<size_t>(count) * sizeof(BFloat16));
    return __builtin_convertvector(half, Word);
  };
  for_lanes<float>(columns, [&](int64_t i, int64_t count) {
    Word words = entries(from + i, count);
    if (rows > 1) words |= entries(from + stride + i, count) << 16;
    std::memcpy(to + i, &words, static_cast<size_t>(count) * sizeof(uint32_t));
  });
  return to;
}

// Some neighbouring panels of blocks of rows of the sums: of items first .. end - 1, where item i is panel i % panels
// of block i / panels.
template <class Dots, class T, class Group>
class WeightGradient {
 public:
  WeightGradient(const WeightGradientPlan& plan, int64_t first, int64_t end)
      : plan_(plan),
        first_(first),
        end_(end),
        panels_(whole(plan.in, kWidth)),
        tiles_(whole(plan.block, kRows) * kTile),
        line_(plan.block),
        panel_entries_(std::min(panels_, kPanelsAtOnce) * kPanel) {}

  void add() {
    for (int64_t panel = 0; panel < panels_; panel += kPanelsAtOnce)
      for (int64_t row = 0; row < plan_.rows; row += kDepth)
        add(panel, std::min(panels_, panel + kPanelsAtOnce), row, std::min(kDepth, plan_.rows - row));
  }

 private:
  using Sum = typename Dots::Sum;
  static constexpr int64_t kRows = Dots::kTileRows, kWidth = kPanelColumns<Dots>;
  static constexpr int64_t kDepth = kGradientGroups * Dots::kGroup;
  static constexpr int64_t kTile = kGradientGroups * kRows, kPanel = kGradientGroups * kWidth;
  static constexpr int64_t kPanelsAtOnce = 6;

  // What rows row .. row + depth - 1 add to panels first_panel .. end_panel - 1 of the items.
  void add(int64_t first_panel, int64_t end_panel, int64_t row, int64_t depth) {
    bool is_loaded[kPanelsAtOnce] = {};
    for (int64_t block = first_ / panels_; block * panels_ < end_; ++block) {
      const int64_t first = std::max(first_panel, first_ - block * panels_);
      const int64_t end = std::min(end_panel, end_ - block * panels_);
      if (first >= end) continue;
      load_tiles(row, depth, block);
      for (int64_t panel = first; panel < end; ++panel) {
        Group* entries = panel_entries_.data() + (panel - first_panel) * kPanel;
        if (!std::exchange(is_loaded[panel - first_panel], true)) load_panel(row, depth, panel, entries);
        add_panel(entries, whole(depth, Dots::kGroup), block, panel);
      }
    }
  }

  int64_t height_of(int64_t block) const { return std::min(plan_.block, plan_.out - block * plan_.block); }
  int64_t width_of(int64_t panel) const { return std::min(kWidth, plan_.in - panel * kWidth); }

  void add_panel(const Group* entries, int64_t groups, int64_t block, int64_t panel) {
    Sum* sums = static_cast<Sum*>(plan_.sums) + block * plan_.block * plan_.in + panel * kWidth;
    for_tiles<kRows>(0, height_of(block), [&](auto rows, int64_t i) {
      add_tile<rows>(tiles_.data() + i / kRows * kTile, entries, groups, width_of(panel), sums + i * plan_.in);
    });
  }

  // Some columns of some rows of a matrix. They are pieces of rows, which no hardware foresees.
  struct Piece {
    const T* from;
    int64_t stride, rows, columns;
  };

  // Calls body(g, the columns of group g) for a piece; they may lie at lines + g * step.
  template <class Body>
  static void for_groups(const Piece& piece, Group* lines, int64_t step, Body body) {
    constexpr int64_t kAhead = 12, kLine = 64 / sizeof(T);
    for (int64_t g = 0; g * Dots::kGroup < piece.rows; ++g) {
      const int64_t row = g * Dots::kGroup;
      for (int64_t next = row + kAhead; next < std::min(piece.rows, row + kAhead + Dots::kGroup); ++next)
        for (int64_t i = 0; i < piece.columns; i += kLine) __builtin_prefetch(piece.from + next * piece.stride + i);
      body(g,
           grouped(piece.from + row * piece.stride, piece.stride, piece.rows - row, piece.columns, lines + g * step));
    }
  }

  // A tile's rows are columns of the gradient, whose entries of one group lie beside each other.
  void load_tiles(int64_t row, int64_t depth, int64_t block) {
    const T* from = static_cast<const T*>(plan_.gradient) + row * plan_.gradient_stride + block * plan_.block;
    const int64_t height = height_of(block);
    for_groups({from, plan_.gradient_stride, depth, height}, line_.data(), 0, [&](int64_t g, const Group* line) {
      Group* to = tiles_.data() + g * kRows;
      int64_t i = 0;
      for (; i + kRows <= height; i += kRows, to += kTile) std::memcpy(to, line + i, kRows * sizeof(Group));
      for (; i < height; ++i) *to++ = line[i];
    });
  }

  void load_panel(int64_t row, int64_t depth, int64_t panel, Group* entries) {
    const T* from = static_cast<const T*>(plan_.x) + row * plan_.x_stride + panel * kWidth;
    const int64_t width = width_of(panel);
    for_groups({from, plan_.x_stride, depth, width}, entries, kWidth, [&](int64_t g, const Group* line) {
      Group* to = entries + g * kWidth;
      if (width < kWidth) {
        for (int64_t i = 0; i < width; ++i) to[i] = line[i];
        std::memset(to + width, 0, static_cast<size_t>(kWidth - width) * sizeof(Group));
      } else if (line != to) {
        std::memcpy(to, line, kWidth * sizeof(Group));
      }
    });
  }

  template <int rows>
  void add_tile(const Group* tile, const Group* panel, int64_t groups, int64_t width, Sum* to) {
    TileSums<Dots> sums[rows] = {};
    add_products<Dots, rows>({tile, sizeof(Group), kRows * sizeof(Group)},
                             reinterpret_cast<const typename Dots::PanelEntry*>(panel), groups, sums);
    unrolled<rows>([&](auto row) __attribute__((always_inline)) {
      Sum* of_row = to + row * plan_.in;
      if (width < kWidth) return add_some(sums[row], width, of_row);
      unrolled<kPanelVectors>([&](auto v) __attribute__((always_inline)) {
        Sum* at = of_row + v * kVectorColumns<Dots>;
        const auto total = load_vector<typename Dots::Sums>(at) + sums[row][v];
        std::memcpy(at, &total, sizeof total);
      });
    });
  }

  [[gnu::always_inline]] static void add_some(const TileSums<Dots>& sums, int64_t width, Sum* to) {
    Sum part[kWidth];
    unrolled<kPanelVectors>([&](auto v) __attribute__((always_inline)) {
      std::memcpy(part + v * kVectorColumns<Dots>, &sums[v], sizeof sums[v]);
    });
    for (int64_t i = 0; i < width; ++i) to[i] += part[i];
  }

  const WeightGradientPlan& plan_;
  const int64_t first_, end_, panels_;
  Buffer<Group> tiles_, line_, panel_entries_;
};

template <class Dots, class T, class Group>
void weight_gradient(const WeightGradientPlan& plan, int64_t begin, int64_t end) {
  WeightGradient<Dots, T, Group>(plan, begin, end).add();
}

}  // namespace
}  // namespace heed

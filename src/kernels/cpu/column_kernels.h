#pragma once

// Kernels that sum or gather rows, a group of columns at a time, so that no two threads add to one sum.

#include <algorithm>

#include "kernels/cpu/cpu_kernels.h"
#include "kernels/cpu/element_kernels.h"
#include "kernels/cpu/lanes.h"

namespace heed {
namespace {

template <class T>
void add_column_sums(const ColumnSumsPlan<T>& plan, int64_t begin, int64_t end) {
  using A = Acc<T>;
  for (int64_t group = begin; group < end; ++group) {
    const int64_t width = plan.width, first = group * kColumnGroup, columns = std::min(kColumnGroup, width - first);
    const T* x = plan.x + first;
    A total[kColumnGroup] = {};
    for (int64_t row = 0; row < plan.rows; ++row)
      for_lanes<A>(columns, [&](int64_t i, int64_t count) {
        store(total + i, load(total + i) + load_up_to(x + row * width + i, count));
      });
    for (int64_t i = 0; i < columns; ++i) plan.sums[first + i] += total[i];
  }
}

template <class T>
void embed(const EmbedPlan<T>& plan, int64_t begin, int64_t end) {
  using A = Acc<T>;
  const int64_t width = plan.width;
  const DropoutPlan dropout = plan.dropout;
  const A scale = static_cast<A>(plan.scale);
  for (int64_t row = begin; row < end; ++row) {
    const A *token = plan.table + plan.ids[row] * width, *position = plan.positions + plan.position_ids[row] * width;
    T* out = plan.out + row * width;
    for_lanes<A>(width, [&](int64_t i, int64_t count) {
      const Lanes<A> x = load_up_to(token + i, count) * scale + load_up_to(position + i, count);
      store_up_to(out + i, drop<A>(x, dropout, row * width + i), count);
    });
  }
}

template <class T>
inline void scatter_row(const ScatterPlan<T>& plan, int64_t row, int64_t first, int64_t columns) {
  using A = Acc<T>;
  const int64_t element = row * plan.width + first;
  const T* dy = plan.dy + element;
  A* target = plan.gradient + plan.ids[row] * plan.width + first;
  const A scale = static_cast<A>(plan.scale);
  for_lanes<A>(columns, [=, dropout = plan.dropout](int64_t i, int64_t count) {
    const Lanes<A> g = drop<A>(load_up_to(dy + i, count), dropout, element + i) * scale;
    store_up_to(target + i, load_up_to(target + i, count) + g, count);
  });
}

template <class T>
void scatter_add(const ScatterPlan<T>& plan, int64_t begin, int64_t end) {
  for (int64_t group = begin; group < end; ++group) {
    const int64_t first = group * kColumnGroup, columns = std::min(kColumnGroup, plan.width - first);
    for (int64_t row = 0; row < plan.rows; ++row) scatter_row(plan, row, first, columns);
  }
}

}  // namespace
}  // namespace heed

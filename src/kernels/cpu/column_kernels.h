#pragma once

// Kernels that sum or gather rows, a group of columns at a time, so that no two threads add to one sum.

#include <algorithm>

#include "kernels/cpu/cpu_kernels.h"
#include "kernels/cpu/element_kernels.h"
#include "kernels/cpu/lanes.h"

namespace heed {
namespace {

template <class T, class A>
void add_column_sums(const T* x, int64_t rows, int64_t width, A* sums, int64_t begin, int64_t end) {
  for (int64_t group = begin; group < end; ++group) {
    const int64_t first = group * kColumnGroup, columns = std::min(kColumnGroup, width - first);
    A total[kColumnGroup] = {};
    for (int64_t row = 0; row < rows; ++row)
      for_lanes<A>(columns, [&](int64_t i, int64_t count) {
        store(total + i, load(total + i) + load_up_to(x + row * width + first + i, count));
      });
    for (int64_t i = 0; i < columns; ++i) sums[first + i] += total[i];
  }
}

template <class T, class A>
void embed(const A* table, const int64_t* ids, const A* positions, const int64_t* position_ids, double scale,
           DropoutPlan plan, int64_t width, T* out, int64_t begin, int64_t end) {
  for (int64_t row = begin; row < end; ++row) {
    const A *token = table + ids[row] * width, *position = positions + position_ids[row] * width;
    for_lanes<A>(width, [&](int64_t i, int64_t count) {
      const Lanes<A> x = load_up_to(token + i, count) * static_cast<A>(scale) + load_up_to(position + i, count);
      store_up_to(out + row * width + i, drop<A>(x, plan, row * width + i), count);
    });
  }
}

template <class T, class A>
void scatter_add(const T* dy, const int64_t* ids, int64_t rows, double scale, DropoutPlan plan, int64_t width,
                 A* gradient, int64_t begin, int64_t end) {
  for (int64_t group = begin; group < end; ++group) {
    const int64_t first = group * kColumnGroup, columns = std::min(kColumnGroup, width - first);
    for (int64_t row = 0; row < rows; ++row)
      for_lanes<A>(columns, [&](int64_t i, int64_t count) {
        const int64_t element = row * width + first + i;
        A* target = gradient + ids[row] * width + first + i;
        const Lanes<A> g = drop<A>(load_up_to(dy + element, count), plan, element) * static_cast<A>(scale);
        store_up_to(target, load_up_to(target, count) + g, count);
      });
  }
}

}  // namespace
}  // namespace heed

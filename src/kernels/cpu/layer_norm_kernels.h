#pragma once

// See cpu_kernels.h for what each computes, lanes.h for why all is unnamed.

#include <algorithm>

#include "kernels/cpu/cpu_kernels.h"
#include "kernels/cpu/lanes.h"

namespace heed {
namespace {

template <class T>
void layer_norm_forward(const LayerNormPlan<T>& plan, int64_t begin, int64_t end) {
  using A = Acc<T>;
  const int64_t width = plan.width;
  const A *gamma = plan.gamma, *beta = plan.beta, size = static_cast<A>(width);
  for (int64_t row = begin; row < end; ++row) {
    const T* in = plan.x + row * width;
    T* out = plan.y + row * width;
    Lanes<A> total{}, squares{};
    if (beta) for_lanes<A>(width, [&](int64_t i, int64_t count) { total += load_up_to(in + i, count); });
    const A mean = sum<A>(total) / size;
    for_lanes<A>(width, [&](int64_t i, int64_t count) {
      Lanes<A> centred = load_up_to(in + i, count) - mean;
      for (int64_t lane = count; lane < kLanes<A>; ++lane) centred[lane] = 0;
      squares += centred * centred;
    });
    const A rstd = A{1} / std::sqrt(sum<A>(squares) / size + static_cast<A>(plan.epsilon));
    for_lanes<A>(width, [&](int64_t i, int64_t count) {
      const Lanes<A> normal = (load_up_to(in + i, count) - mean) * rstd;
      const Lanes<A> offsets = beta ? load_up_to(beta + i, count) : Lanes<A>{};
      store_up_to(out + i, normal * load_up_to(gamma + i, count) + offsets, count);
    });
    plan.stats[2 * row] = mean;
    plan.stats[2 * row + 1] = rstd;
  }
}

template <class T>
void layer_norm_backward(const LayerNormPlan<T>& plan, int64_t begin, int64_t end) {
  using A = Acc<T>;
  const int64_t width = plan.width;
  const A *gamma = plan.gamma, size = static_cast<A>(width);
  for (int64_t row = begin; row < end; ++row) {
    const A mean = plan.stats[2 * row], rstd = plan.stats[2 * row + 1];
    const T *in = plan.x + row * width, *upstream = plan.dy + row * width;
    T* out = plan.dx + row * width;
    Lanes<A> sum_g{}, sum_gx{};
    for_lanes<A>(width, [&](int64_t i, int64_t count) {
      const Lanes<A> g = load_up_to(upstream + i, count) * load_up_to(gamma + i, count);
      sum_g += g;
      sum_gx += g * (load_up_to(in + i, count) - mean);
    });
    const A mean_g = plan.beta_gradient ? sum<A>(sum_g) / size : A{0};
    const A slope = sum<A>(sum_gx) * rstd * rstd / size;
    for_lanes<A>(width, [&](int64_t i, int64_t count) {
      const Lanes<A> g = load_up_to(upstream + i, count) * load_up_to(gamma + i, count);
      store_up_to(out + i, (g - mean_g - (load_up_to(in + i, count) - mean) * slope) * rstd, count);
    });
  }
}

template <class A>
struct ColumnGradients {
  A gamma[kColumnGroup] = {}, beta[kColumnGroup] = {};
};

template <class T>
inline void add_row_gradient(const LayerNormPlan<T>& plan, int64_t row, int64_t first, int64_t columns,
                             ColumnGradients<Acc<T>>& sums) {
  using A = Acc<T>;
  const T *in = plan.x + row * plan.width + first, *upstream = plan.dy + row * plan.width + first;
  const A mean = plan.stats[2 * row], rstd = plan.stats[2 * row + 1];
  for_lanes<A>(columns, [&](int64_t i, int64_t count) {
    const Lanes<A> g = load_up_to(upstream + i, count);
    store(sums.gamma + i, load(sums.gamma + i) + g * ((load_up_to(in + i, count) - mean) * rstd));
    store(sums.beta + i, load(sums.beta + i) + g);
  });
}

template <class T>
void layer_norm_parameter_gradient(const LayerNormPlan<T>& plan, int64_t begin, int64_t end) {
  for (int64_t group = begin; group < end; ++group) {
    const int64_t first = group * kColumnGroup, columns = std::min(kColumnGroup, plan.width - first);
    ColumnGradients<Acc<T>> sums;
    for (int64_t row = 0; row < plan.rows; ++row) add_row_gradient(plan, row, first, columns, sums);
    for (int64_t i = 0; i < columns; ++i) plan.gamma_gradient[first + i] += sums.gamma[i];
    for (int64_t i = 0; plan.beta_gradient && i < columns; ++i) plan.beta_gradient[first + i] += sums.beta[i];
  }
}

}  // namespace
}  // namespace heed

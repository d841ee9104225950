#pragma once

// See cpu_kernels.h for what each computes, lanes.h for why all is unnamed.

#include <algorithm>

#include "kernels/cpu/cpu_kernels.h"
#include "kernels/cpu/lanes.h"

namespace heed {
namespace {

template <class T, class A>
void layer_norm_forward(const T* x, const A* gamma, const A* beta, double epsilon, int64_t width, T* y, A* stats,
                        int64_t begin, int64_t end) {
  for (int64_t row = begin; row < end; ++row) {
    const T* in = x + row * width;
    Lanes<A> total{}, squares{};
    for_lanes<A>(width, [&](int64_t i, int64_t count) { total += load_up_to(in + i, count); });
    const A mean = sum<A>(total) / static_cast<A>(width);
    for_lanes<A>(width, [&](int64_t i, int64_t count) {
      Lanes<A> centred = load_up_to(in + i, count) - mean;
      for (int64_t lane = count; lane < kLanes<A>; ++lane) centred[lane] = 0;
      squares += centred * centred;
    });
    const A rstd = A{1} / std::sqrt(sum<A>(squares) / static_cast<A>(width) + static_cast<A>(epsilon));
    for_lanes<A>(width, [&](int64_t i, int64_t count) {
      const Lanes<A> normal = (load_up_to(in + i, count) - mean) * rstd;
      store_up_to(y + row * width + i, normal * load_up_to(gamma + i, count) + load_up_to(beta + i, count), count);
    });
    stats[2 * row] = mean;
    stats[2 * row + 1] = rstd;
  }
}

template <class T, class A>
void layer_norm_backward(const T* x, const A* gamma, const A* stats, const T* dy, const T* residual_gradient,
                         int64_t width, T* dx, int64_t begin, int64_t end) {
  for (int64_t row = begin; row < end; ++row) {
    const A mean = stats[2 * row], rstd = stats[2 * row + 1];
    const T *in = x + row * width, *upstream = dy + row * width;
    Lanes<A> sum_g{}, sum_gx{};
    for_lanes<A>(width, [&](int64_t i, int64_t count) {
      const Lanes<A> g = load_up_to(upstream + i, count) * load_up_to(gamma + i, count);
      sum_g += g;
      sum_gx += g * (load_up_to(in + i, count) - mean);
    });
    const A mean_g = sum<A>(sum_g) / static_cast<A>(width);
    const A slope = sum<A>(sum_gx) * rstd * rstd / static_cast<A>(width);
    for_lanes<A>(width, [&](int64_t i, int64_t count) {
      const Lanes<A> g = load_up_to(upstream + i, count) * load_up_to(gamma + i, count);
      Lanes<A> result = (g - mean_g - (load_up_to(in + i, count) - mean) * slope) * rstd;
      if (residual_gradient) result += load_up_to(residual_gradient + row * width + i, count);
      store_up_to(dx + row * width + i, result, count);
    });
  }
}

template <class T, class A>
void layer_norm_parameter_gradient(const T* x, const A* stats, const T* dy, int64_t rows, int64_t width,
                                   A* gamma_gradient, A* beta_gradient, int64_t begin, int64_t end) {
  for (int64_t group = begin; group < end; ++group) {
    const int64_t first = group * kColumnGroup, columns = std::min(kColumnGroup, width - first);
    A gamma_sum[kColumnGroup] = {}, beta_sum[kColumnGroup] = {};
    for (int64_t row = 0; row < rows; ++row) {
      const T *in = x + row * width + first, *upstream = dy + row * width + first;
      const A mean = stats[2 * row], rstd = stats[2 * row + 1];
      for_lanes<A>(columns, [&](int64_t i, int64_t count) {
        const Lanes<A> g = load_up_to(upstream + i, count);
        store(gamma_sum + i, load(gamma_sum + i) + g * ((load_up_to(in + i, count) - mean) * rstd));
        store(beta_sum + i, load(beta_sum + i) + g);
      });
    }
    for (int64_t i = 0; i < columns; ++i) gamma_gradient[first + i] += gamma_sum[i];
    for (int64_t i = 0; i < columns; ++i) beta_gradient[first + i] += beta_sum[i];
  }
}

}  // namespace
}  // namespace heed

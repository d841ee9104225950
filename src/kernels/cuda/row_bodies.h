#pragma once

#include "kernels/cpu/cpu_kernels.h"
#include "kernels/cuda/team.h"

// One row by one team. The same formulas as the CPU's (cpu/layer_norm_kernels.h, cpu/cross_entropy_kernel.h); sums run
// in another order.

namespace heed {

template <class T>
struct LayerNormForward {
  using A = ArithmeticOf<T>;
  const T* x;
  const A *gamma, *beta;
  A epsilon;
  int64_t width;
  T* y;
  A* stats;

  template <class Team>
  HEED_HOST_DEVICE void operator()(const Team& team, int64_t row) const {
    const T* in = x + row * width;
    A total = 0, squares = 0;
    for (int64_t i = team.rank(); i < width; i += team.size()) total += load_element(in + i);
    const A mean = team.sum(total) / static_cast<A>(width);
    for (int64_t i = team.rank(); i < width; i += team.size()) {
      const A centred = load_element(in + i) - mean;
      squares += centred * centred;
    }
    const A rstd = A{1} / std::sqrt(team.sum(squares) / static_cast<A>(width) + epsilon);
    for (int64_t i = team.rank(); i < width; i += team.size())
      store_element(y + row * width + i, (load_element(in + i) - mean) * rstd * gamma[i] + beta[i]);
    if (team.rank() != 0) return;
    stats[2 * row] = mean;
    stats[2 * row + 1] = rstd;
  }
};

template <class T>
struct LayerNormBackward {
  using A = ArithmeticOf<T>;
  const T* x;
  const A *gamma, *stats;
  const T* dy;
  int64_t width;
  T* dx;

  template <class Team>
  HEED_HOST_DEVICE void operator()(const Team& team, int64_t row) const {
    const A mean = stats[2 * row], rstd = stats[2 * row + 1];
    const T *in = x + row * width, *upstream = dy + row * width;
    A sum_g = 0, sum_gx = 0;
    for (int64_t i = team.rank(); i < width; i += team.size()) {
      const A g = load_element(upstream + i) * gamma[i];
      sum_g += g;
      sum_gx += g * (load_element(in + i) - mean);
    }
    const A mean_g = team.sum(sum_g) / static_cast<A>(width);
    const A slope = team.sum(sum_gx) * rstd * rstd / static_cast<A>(width);
    for (int64_t i = team.rank(); i < width; i += team.size()) {
      const A g = load_element(upstream + i) * gamma[i];
      store_element(dx + row * width + i, (g - mean_g - (load_element(in + i) - mean) * slope) * rstd);
    }
  }
};

template <class T>
struct CrossEntropyRow {
  using A = ArithmeticOf<T>;
  CrossEntropyPlan<T> plan;

  template <class Team>
  HEED_HOST_DEVICE void operator()(const Team& team, int64_t row) const {
    const int64_t size = plan.vocabulary_size, label = plan.labels[row];
    T* logits = plan.logits + row * size;
    A top = static_cast<A>(kMinusInfinity), plain = 0, total = 0;
    for (int64_t i = team.rank(); i < size; i += team.size()) {
      const A x = load_element(logits + i);
      plain += x;
      top = x > top ? x : top;
    }
    const A max = team.max(top);
    for (int64_t i = team.rank(); i < size; i += team.size()) total += std::exp(load_element(logits + i) - max);
    const A normaliser = team.sum(total);
    const double log_normaliser = static_cast<double>(max) + std::log(static_cast<double>(normaliser));
    const double of_label = static_cast<double>(load_element(logits + label)) - log_normaliser;
    const double of_all = static_cast<double>(team.sum(plain)) - static_cast<double>(size) * log_normaliser;
    if (team.rank() == 0) {
      plan.log_likelihoods[row] = of_label;
      plan.losses[row] = -(1 - plan.smoothing) * of_label - plan.smoothing / static_cast<double>(size) * of_all;
    }
    if (!plan.gradient) return;
    team.sync();  // everyone has read the label's logit
    const A inverse = A{1} / normaliser, even = static_cast<A>(plan.smoothing / static_cast<double>(size));
    for (int64_t i = team.rank(); i < size; i += team.size()) {
      const A probability = std::exp(load_element(logits + i) - max) * inverse;
      store_element(logits + i, probability - even - (i == label ? static_cast<A>(1 - plan.smoothing) : A{0}));
    }
  }
};

}  // namespace heed

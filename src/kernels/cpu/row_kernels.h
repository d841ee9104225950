#pragma once

// Kernels over rows, columns and elements. See cpu_kernels.h for what each computes, lanes.h for why all is unnamed.

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

// Calls body(first element, lanes in use) over the elements of groups [begin, end).
template <class A, class Body>
void for_element_groups(int64_t size, int64_t begin, int64_t end, Body body) {
  const int64_t first = begin * kElementGroup, last = std::min(end * kElementGroup, size);
  for_lanes<A>(last - first, [&](int64_t i, int64_t count) { body(first + i, count); });
}

template <class A>
inline Lanes<A> drop(Lanes<A> x, const DropoutPlan& plan, int64_t element) {
  if (plan.threshold == 0) return x;
  return x * keep_factors<A>(plan.key, static_cast<uint32_t>(element), plan.threshold, static_cast<A>(plan.scale));
}

template <class T, class A>
void dropout_add(const T* x, const T* residual, DropoutPlan plan, int64_t size, T* out, int64_t begin, int64_t end) {
  for_element_groups<A>(size, begin, end, [&](int64_t i, int64_t count) {
    Lanes<A> value = drop<A>(load_up_to(x + i, count), plan, i);
    if (residual) value += load_up_to(residual + i, count);
    store_up_to(out + i, value, count);
  });
}

template <class A>
inline Lanes<A> each_lane(Lanes<A> x, A (*f)(A)) {
  for (int i = 0; i < kLanes<A>; ++i) x[i] = f(x[i]);
  return x;
}

template <class A>
A normal_cdf(A x) {
  return A{0.5} * std::erfc(-x * static_cast<A>(0.70710678118654752440));
}

template <class A>
inline Lanes<A> sigmoid(Lanes<A> x) {
  // exp of a non-positive number on both sides: no overflow
  const auto negative = x < A{0};
  const Lanes<A> e = exponential(negative ? x : -x);
  return (negative ? e : splat<A>(1)) / (e + A{1});
}

template <class A>
inline Lanes<A> activate(ActivationFunction f, Lanes<A> x) {
  if (f == ActivationFunction::kRelu) return x > A{0} ? x : Lanes<A>{};
  if (f == ActivationFunction::kSwish) return x * sigmoid<A>(x);
  return x * each_lane<A>(x, normal_cdf<A>);
}

template <class A>
inline Lanes<A> slope(ActivationFunction f, Lanes<A> x) {
  if (f == ActivationFunction::kRelu) return x > A{0} ? splat<A>(1) : Lanes<A>{};
  if (f == ActivationFunction::kSwish) {
    const Lanes<A> s = sigmoid<A>(x);
    return s * (A{1} + x * (A{1} - s));
  }
  const Lanes<A> density = exponential(x * x * A{-0.5}) * static_cast<A>(0.39894228040143267794);
  return each_lane<A>(x, normal_cdf<A>) + x * density;
}

template <class T, class A>
void activation_forward(ActivationFunction f, const T* x, DropoutPlan plan, int64_t size, T* out, int64_t begin,
                        int64_t end) {
  for_element_groups<A>(size, begin, end, [&](int64_t i, int64_t count) {
    store_up_to(out + i, drop<A>(activate<A>(f, load_up_to(x + i, count)), plan, i), count);
  });
}

template <class T, class A>
void activation_backward(ActivationFunction f, const T* x, const T* dy, DropoutPlan plan, int64_t size, T* dx,
                         int64_t begin, int64_t end) {
  for_element_groups<A>(size, begin, end, [&](int64_t i, int64_t count) {
    const Lanes<A> g = drop<A>(load_up_to(dy + i, count), plan, i);
    store_up_to(dx + i, g * slope<A>(f, load_up_to(x + i, count)), count);
  });
}

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

// loss = (1 - e) * -log p(label) + e/V * sum over v of -log p(v); gradient p - (1 - e) [v = label] - e/V.
template <class T, class A>
void cross_entropy(const CrossEntropyPlan<T, A>& plan, int64_t begin, int64_t end) {
  const int64_t size = plan.vocabulary_size;
  for (int64_t row = begin; row < end; ++row) {
    T* logits = plan.logits + row * size;
    const int64_t label = plan.labels[row];
    Lanes<A> top = splat<A>(-INFINITY), total{}, plain{};
    for_lanes<A>(size, [&](int64_t i, int64_t count) {
      Lanes<A> x = load_up_to(logits + i, count);
      plain += x;
      for (int64_t lane = count; lane < kLanes<A>; ++lane) x[lane] = -INFINITY;
      top = x > top ? x : top;
    });
    const A max = largest<A>(top);
    for_lanes<A>(size, [&](int64_t i, int64_t count) {
      Lanes<A> e = exponential(load_up_to(logits + i, count) - max);
      for (int64_t lane = count; lane < kLanes<A>; ++lane) e[lane] = 0;
      total += e;
    });
    const A normaliser = sum<A>(total);
    const double log_normaliser = static_cast<double>(max) + std::log(static_cast<double>(normaliser));
    const double of_label = static_cast<double>(load_some(logits + label, 1)[0]) - log_normaliser;
    const double of_all = static_cast<double>(sum<A>(plain)) - static_cast<double>(size) * log_normaliser;
    plan.log_likelihoods[row] = of_label;
    plan.losses[row] = -(1 - plan.smoothing) * of_label - plan.smoothing / static_cast<double>(size) * of_all;
    if (!plan.gradient) continue;
    const A inverse = A{1} / normaliser, even = static_cast<A>(plan.smoothing / static_cast<double>(size));
    const A label_probability = std::exp(static_cast<A>(of_label));
    for_lanes<A>(size, [&](int64_t i, int64_t count) {
      store_up_to(logits + i, exponential(load_up_to(logits + i, count) - max) * inverse - even, count);
    });
    const Lanes<A> at_label = splat<A>(label_probability - even - static_cast<A>(1 - plan.smoothing));
    store_some(logits + label, at_label, 1);
  }
}

}  // namespace
}  // namespace heed

#pragma once

#include "kernels/cuda/items.h"
#include "kernels/dropout_hash.h"
#include "kernels/plans.h"

// Elements first .. first + n - 1 by one thread: items<n>(first). The formulas of the CPU's kernels
// (cpu/element_kernels.h). `Element` is what a vector of items is counted in.

namespace heed {

template <class T>
struct DropoutAdd {
  using Element = T;
  DropoutAddPlan<T> plan;

  bool aligned() const { return is_aligned(plan.x) && is_aligned(plan.residual) && is_aligned(plan.out); }

  template <int n>
  HEED_HOST_DEVICE void items(int64_t first) const {
    using A = ArithmeticOf<T>;
    Items<A, n> value = load_items<n>(plan.x + first);
    const uint64_t key = stream_key(plan.dropout);
    for (int k = 0; k < n; ++k) value.at[k] *= keep_factor<A>(plan.dropout, key, first + k);
    if (plan.residual) {
      const Items<A, n> other = load_items<n>(plan.residual + first);
      for (int k = 0; k < n; ++k) value.at[k] += other.at[k];
    }
    store_items<n>(plan.out + first, value);
  }
};

template <class A>
HEED_HOST_DEVICE A sigmoid_of(A x) {
  const A e = std::exp(x < A{0} ? x : -x);  // of a non-positive number: no overflow
  return (x < A{0} ? e : A{1}) / (e + A{1});
}

template <class A>
HEED_HOST_DEVICE A normal_cdf_of(A x) {
  return A{0.5} * std::erfc(-x * static_cast<A>(0.70710678118654752440));
}

template <class A>
HEED_HOST_DEVICE A activate_element(ActivationFunction f, A x) {
  if (f == ActivationFunction::kRelu) return x > A{0} ? x : A{0};
  if (f == ActivationFunction::kSwish) return x * sigmoid_of(x);
  if (f == ActivationFunction::kSigmoid) return sigmoid_of(x);
  return x * normal_cdf_of(x);
}

template <class A>
HEED_HOST_DEVICE A activation_slope(ActivationFunction f, A x) {
  if (f == ActivationFunction::kRelu) return x > A{0} ? A{1} : A{0};
  if (f == ActivationFunction::kSwish) {
    const A s = sigmoid_of(x);
    return s * (A{1} + x * (A{1} - s));
  }
  if (f == ActivationFunction::kSigmoid) {
    const A s = sigmoid_of(x);
    return s * (A{1} - s);
  }
  return normal_cdf_of(x) + x * std::exp(x * x * A{-0.5}) * static_cast<A>(0.39894228040143267794);
}

template <class T>
struct ActivationForward {
  using Element = T;
  ActivationPlan<T> plan;

  bool aligned() const { return is_aligned(plan.x) && is_aligned(plan.out); }

  template <int n>
  HEED_HOST_DEVICE void items(int64_t first) const {
    using A = ArithmeticOf<T>;
    Items<A, n> value = load_items<n>(plan.x + first);
    const uint64_t key = stream_key(plan.dropout);
    for (int k = 0; k < n; ++k)
      value.at[k] = activate_element<A>(plan.function, value.at[k]) * keep_factor<A>(plan.dropout, key, first + k);
    store_items<n>(plan.out + first, value);
  }
};

template <class T>
struct ActivationBackward {
  using Element = T;
  ActivationPlan<T> plan;

  bool aligned() const { return is_aligned(plan.x) && is_aligned(plan.dy) && is_aligned(plan.out); }

  template <int n>
  HEED_HOST_DEVICE void items(int64_t first) const {
    using A = ArithmeticOf<T>;
    const Items<A, n> value = load_items<n>(plan.x + first);
    Items<A, n> gradient = load_items<n>(plan.dy + first);
    const uint64_t key = stream_key(plan.dropout);
    for (int k = 0; k < n; ++k)
      gradient.at[k] *= keep_factor<A>(plan.dropout, key, first + k) * activation_slope<A>(plan.function, value.at[k]);
    store_items<n>(plan.out + first, gradient);
  }
};

// One pair of elements by one thread.
template <class T>
struct GatedActivationForward {
  GatedActivationPlan<T> plan;

  HEED_HOST_DEVICE void operator()(int64_t i) const {
    using A = ArithmeticOf<T>;
    const auto [row, column] = place_of(i, plan.width);
    const T* gate = plan.x + 2 * row * plan.width + column;
    const A y = activate_element<A>(plan.function, load_element(gate)) * load_element(gate + plan.width);
    store_element(plan.out + i, y * keep_factor<A>(plan.dropout, stream_key(plan.dropout), i));
  }
};

template <class T>
struct GatedActivationBackward {
  GatedActivationPlan<T> plan;

  HEED_HOST_DEVICE void operator()(int64_t i) const {
    using A = ArithmeticOf<T>;
    const auto [row, column] = place_of(i, plan.width);
    const int64_t at = 2 * row * plan.width + column;
    const A a = load_element(plan.x + at), b = load_element(plan.x + at + plan.width);
    const A g = load_element(plan.dy + i) * keep_factor<A>(plan.dropout, stream_key(plan.dropout), i);
    store_element(plan.out + at, g * b * activation_slope<A>(plan.function, a));
    store_element(plan.out + at + plan.width, g * activate_element<A>(plan.function, a));
  }
};

// One element of out (N, width) by one thread.
template <class T>
struct Embed {
  EmbedPlan<T> plan;

  HEED_HOST_DEVICE void operator()(int64_t i) const {
    using A = ArithmeticOf<T>;
    const auto [row, column] = place_of(i, plan.width);
    const A token = plan.table[plan.ids[row] * plan.width + column];
    const A position = plan.positions[plan.position_ids[row] * plan.width + column];
    const A x = token * static_cast<A>(plan.scale) + position;
    store_element(plan.out + i, x * keep_factor<A>(plan.dropout, stream_key(plan.dropout), i));
  }
};

}  // namespace heed

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
  const T *x, *residual;  // residual may be null
  DropoutPlan plan;
  T* out;

  bool aligned() const { return is_aligned(x) && is_aligned(residual) && is_aligned(out); }

  template <int n>
  HEED_HOST_DEVICE void items(int64_t first) const {
    using A = ArithmeticOf<T>;
    Items<A, n> value = load_items<n>(x + first);
    const uint64_t key = stream_key(plan);
    for (int k = 0; k < n; ++k) value.at[k] *= keep_factor<A>(plan, key, first + k);
    if (residual) {
      const Items<A, n> other = load_items<n>(residual + first);
      for (int k = 0; k < n; ++k) value.at[k] += other.at[k];
    }
    store_items<n>(out + first, value);
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
  return x * normal_cdf_of(x);
}

template <class A>
HEED_HOST_DEVICE A activation_slope(ActivationFunction f, A x) {
  if (f == ActivationFunction::kRelu) return x > A{0} ? A{1} : A{0};
  if (f == ActivationFunction::kSwish) {
    const A s = sigmoid_of(x);
    return s * (A{1} + x * (A{1} - s));
  }
  return normal_cdf_of(x) + x * std::exp(x * x * A{-0.5}) * static_cast<A>(0.39894228040143267794);
}

template <class T>
struct ActivationForward {
  using Element = T;
  ActivationFunction f;
  const T* x;
  DropoutPlan plan;
  T* out;

  bool aligned() const { return is_aligned(x) && is_aligned(out); }

  template <int n>
  HEED_HOST_DEVICE void items(int64_t first) const {
    using A = ArithmeticOf<T>;
    Items<A, n> value = load_items<n>(x + first);
    const uint64_t key = stream_key(plan);
    for (int k = 0; k < n; ++k)
      value.at[k] = activate_element<A>(f, value.at[k]) * keep_factor<A>(plan, key, first + k);
    store_items<n>(out + first, value);
  }
};

template <class T>
struct ActivationBackward {
  using Element = T;
  ActivationFunction f;
  const T *x, *dy;
  DropoutPlan plan;
  T* dx;

  bool aligned() const { return is_aligned(x) && is_aligned(dy) && is_aligned(dx); }

  template <int n>
  HEED_HOST_DEVICE void items(int64_t first) const {
    using A = ArithmeticOf<T>;
    const Items<A, n> value = load_items<n>(x + first);
    Items<A, n> gradient = load_items<n>(dy + first);
    const uint64_t key = stream_key(plan);
    for (int k = 0; k < n; ++k)
      gradient.at[k] *= keep_factor<A>(plan, key, first + k) * activation_slope<A>(f, value.at[k]);
    store_items<n>(dx + first, gradient);
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

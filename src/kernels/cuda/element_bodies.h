#pragma once

#include "kernels/cpu/cpu_kernels.h"
#include "kernels/cuda/team.h"
#include "kernels/dropout_hash.h"

// One element by one thread: operator()(i) does item i. The formulas of the CPU's kernels (cpu/element_kernels.h).

namespace heed {

template <class T>
struct DropoutAdd {
  const T *x, *residual;  // residual may be null
  DropoutPlan plan;
  T* out;

  HEED_HOST_DEVICE void operator()(int64_t i) const {
    const auto value = load_element(x + i) * keep_factor<ArithmeticOf<T>>(plan, plan.key, i);
    store_element(out + i, residual ? value + load_element(residual + i) : value);
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
  ActivationFunction f;
  const T* x;
  DropoutPlan plan;
  T* out;

  HEED_HOST_DEVICE void operator()(int64_t i) const {
    using A = ArithmeticOf<T>;
    store_element(out + i, activate_element<A>(f, load_element(x + i)) * keep_factor<A>(plan, plan.key, i));
  }
};

template <class T>
struct ActivationBackward {
  ActivationFunction f;
  const T *x, *dy;
  DropoutPlan plan;
  T* dx;

  HEED_HOST_DEVICE void operator()(int64_t i) const {
    using A = ArithmeticOf<T>;
    const A g = load_element(dy + i) * keep_factor<A>(plan, plan.key, i);
    store_element(dx + i, g * activation_slope<A>(f, load_element(x + i)));
  }
};

// Items: the elements of out (N, width).
template <class T>
struct Embed {
  EmbedPlan<T> plan;

  HEED_HOST_DEVICE void operator()(int64_t i) const {
    using A = ArithmeticOf<T>;
    const int64_t row = i / plan.width, column = i % plan.width;
    const A token = plan.table[plan.ids[row] * plan.width + column];
    const A position = plan.positions[plan.position_ids[row] * plan.width + column];
    const A x = token * static_cast<A>(plan.scale) + position;
    store_element(plan.out + i, x * keep_factor<A>(plan.dropout, plan.dropout.key, i));
  }
};

}  // namespace heed

#pragma once

// Kernels that treat every element alike: dropout and activation. See cpu_kernels.h for what each computes.

#include <algorithm>

#include "kernels/cpu/cpu_kernels.h"
#include "kernels/cpu/dropout_lanes.h"
#include "kernels/cpu/lanes.h"

namespace heed {
namespace {

// Calls body(first element, lanes in use) over the elements of groups [begin, end). Bodies hold their plan by value: as
// far as the compiler knows, what they store could change a plan held by reference.
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

template <class T>
void dropout_add(const DropoutAddPlan<T>& plan, int64_t begin, int64_t end) {
  using A = Acc<T>;
  for_element_groups<A>(plan.size, begin, end, [plan](int64_t i, int64_t count) {
    Lanes<A> value = drop<A>(load_up_to(plan.x + i, count), plan.dropout, i);
    if (plan.residual) value += load_up_to(plan.residual + i, count);
    store_up_to(plan.out + i, value, count);
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
  if (f == ActivationFunction::kSigmoid) return sigmoid<A>(x);
  return x * each_lane<A>(x, normal_cdf<A>);
}

template <class A>
inline Lanes<A> slope(ActivationFunction f, Lanes<A> x) {
  if (f == ActivationFunction::kRelu) return x > A{0} ? splat<A>(1) : Lanes<A>{};
  if (f == ActivationFunction::kSwish) {
    const Lanes<A> s = sigmoid<A>(x);
    return s * (A{1} + x * (A{1} - s));
  }
  if (f == ActivationFunction::kSigmoid) {
    const Lanes<A> s = sigmoid<A>(x);
    return s * (A{1} - s);
  }
  const Lanes<A> density = exponential(x * x * A{-0.5}) * static_cast<A>(0.39894228040143267794);
  return each_lane<A>(x, normal_cdf<A>) + x * density;
}

template <class T>
void activation_forward(const ActivationPlan<T>& plan, int64_t begin, int64_t end) {
  using A = Acc<T>;
  for_element_groups<A>(plan.size, begin, end, [plan](int64_t i, int64_t count) {
    const Lanes<A> y = activate<A>(plan.function, load_up_to(plan.x + i, count));
    store_up_to(plan.out + i, drop<A>(y, plan.dropout, i), count);
  });
}

template <class T>
void activation_backward(const ActivationPlan<T>& plan, int64_t begin, int64_t end) {
  using A = Acc<T>;
  for_element_groups<A>(plan.size, begin, end, [plan](int64_t i, int64_t count) {
    const Lanes<A> g = drop<A>(load_up_to(plan.dy + i, count), plan.dropout, i);
    store_up_to(plan.out + i, g * slope<A>(plan.function, load_up_to(plan.x + i, count)), count);
  });
}

template <class T>
void gated_activation_forward(const GatedActivationPlan<T>& all, int64_t begin, int64_t end) {
  using A = Acc<T>;
  const GatedActivationPlan<T> plan = all;
  for (int64_t row = begin; row < end; ++row) {
    const T *gate = plan.x + 2 * row * plan.width, *value = gate + plan.width;
    const int64_t first = row * plan.width;
    for_lanes<A>(plan.width, [&](int64_t i, int64_t count) {
      const Lanes<A> y = activate<A>(plan.function, load_up_to(gate + i, count)) * load_up_to(value + i, count);
      store_up_to(plan.out + first + i, drop<A>(y, plan.dropout, first + i), count);
    });
  }
}

template <class T>
void gated_activation_backward(const GatedActivationPlan<T>& all, int64_t begin, int64_t end) {
  using A = Acc<T>;
  const GatedActivationPlan<T> plan = all;
  for (int64_t row = begin; row < end; ++row) {
    const T *gate = plan.x + 2 * row * plan.width, *value = gate + plan.width;
    T* out = plan.out + 2 * row * plan.width;
    const int64_t first = row * plan.width;
    for_lanes<A>(plan.width, [&](int64_t i, int64_t count) {
      const Lanes<A> a = load_up_to(gate + i, count), b = load_up_to(value + i, count);
      const Lanes<A> g = drop<A>(load_up_to(plan.dy + first + i, count), plan.dropout, first + i);
      store_up_to(out + i, g * b * slope<A>(plan.function, a), count);
      store_up_to(out + plan.width + i, g * activate<A>(plan.function, a), count);
    });
  }
}

}  // namespace
}  // namespace heed

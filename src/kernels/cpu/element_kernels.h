#pragma once

// Kernels that treat every element alike: dropout and activation. See cpu_kernels.h for what each computes.

#include <algorithm>

#include "kernels/cpu/cpu_kernels.h"
#include "kernels/cpu/lanes.h"

namespace heed {
namespace {

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

}  // namespace
}  // namespace heed

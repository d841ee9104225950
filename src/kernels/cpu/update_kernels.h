#pragma once

// Kernels over the flat parameter and gradient buffers. See cpu_kernels.h and kernels/parameter_update.h.

#include <algorithm>
#include <cmath>

#include "kernels/cpu/cpu_kernels.h"
#include "kernels/cpu/element_kernels.h"

namespace heed {
namespace {

template <class A>
void squared_sums(const A* x, int64_t size, double* group_sums, int64_t begin, int64_t end) {
  for (int64_t group = begin; group < end; ++group) {
    const A* from = x + group * kElementGroup;
    const int64_t count = std::min(kElementGroup, size - group * kElementGroup);
    double lanes[kLanes<double>] = {};
    for (int64_t i = 0; i < count; ++i) {
      const double value = static_cast<double>(from[i]);
      lanes[i % kLanes<double>] += value * value;
    }
    group_sums[group] = sum<double>(load(lanes));
  }
}

template <class A>
inline Lanes<A> square_root(Lanes<A> x) {
  for (int i = 0; i < kLanes<A>; ++i) x[i] = std::sqrt(x[i]);
  return x;
}

template <class A>
void adam(const AdamPlan& plan, const A* gradient, A* weights, A* first_moment, A* second_moment, int64_t size,
          int64_t begin, int64_t end) {
  const A beta1 = static_cast<A>(plan.beta1), beta2 = static_cast<A>(plan.beta2);
  const A rate = static_cast<A>(plan.learning_rate / plan.correction1);
  const A root_scale = static_cast<A>(1 / std::sqrt(plan.correction2)), epsilon = static_cast<A>(plan.epsilon);
  const A coupled = static_cast<A>(plan.decoupled ? 0 : plan.weight_decay);
  const A keep = static_cast<A>(plan.decoupled ? 1 - plan.learning_rate * plan.weight_decay : 1);
  const A scale = static_cast<A>(plan.gradient_scale);
  for_element_groups<A>(size, begin, end, [&](int64_t i, int64_t n) {
    const Lanes<A> w = load_up_to(weights + i, n);
    const Lanes<A> g = load_up_to(gradient + i, n) * scale + w * coupled;
    const Lanes<A> m = load_up_to(first_moment + i, n) * beta1 + g * (1 - beta1);
    const Lanes<A> v = load_up_to(second_moment + i, n) * beta2 + g * g * (1 - beta2);
    store_up_to(first_moment + i, m, n);
    store_up_to(second_moment + i, v, n);
    store_up_to(weights + i, w * keep - m * rate / (square_root<A>(v) * root_scale + epsilon), n);
  });
}

template <class A>
void momentum(const MomentumPlan& plan, const A* gradient, A* weights, A* velocity, int64_t size, int64_t begin,
              int64_t end) {
  const A rate = static_cast<A>(plan.learning_rate), keep = static_cast<A>(plan.momentum);
  const A decay = static_cast<A>(plan.weight_decay), scale = static_cast<A>(plan.gradient_scale);
  for_element_groups<A>(size, begin, end, [&](int64_t i, int64_t n) {
    const Lanes<A> w = load_up_to(weights + i, n);
    const Lanes<A> v = load_up_to(velocity + i, n) * keep + load_up_to(gradient + i, n) * scale + w * decay;
    store_up_to(velocity + i, v, n);
    store_up_to(weights + i, w - v * rate, n);
  });
}

template <class A>
void moving_average(double decay, const A* weights, A* average, int64_t size, int64_t begin, int64_t end) {
  const A share = static_cast<A>(1 - decay);
  for_element_groups<A>(size, begin, end, [&](int64_t i, int64_t n) {
    const Lanes<A> old = load_up_to(average + i, n);
    store_up_to(average + i, old + (load_up_to(weights + i, n) - old) * share, n);
  });
}

}  // namespace
}  // namespace heed

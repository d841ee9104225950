#pragma once

// Kernels over the flat parameter and gradient buffers. See cpu_kernels.h and kernels/parameter_update.h.

#include <algorithm>
#include <cmath>

#include "kernels/cpu/cpu_kernels.h"
#include "kernels/cpu/element_kernels.h"

namespace heed {
namespace {

template <class A>
void squared_sums(const SquaredSumsPlan<A>& plan, int64_t begin, int64_t end) {
  for (int64_t group = begin; group < end; ++group) {
    const A* from = plan.x + group * kElementGroup;
    const int64_t count = std::min(kElementGroup, plan.size - group * kElementGroup);
    double lanes[kLanes<double>] = {};
    for (int64_t i = 0; i < count; ++i) {
      const double value = static_cast<double>(from[i]);
      lanes[i % kLanes<double>] += value * value;
    }
    plan.sums[group] = sum<double>(load(lanes));
  }
}

template <class A>
inline Lanes<A> square_root(Lanes<A> x) {
  for (int i = 0; i < kLanes<A>; ++i) x[i] = std::sqrt(x[i]);
  return x;
}

template <class A>
void adam(const AdamPlan<A>& plan, int64_t begin, int64_t end) {
  const AdamStep& step = plan.step;
  const A beta1 = static_cast<A>(step.beta1), beta2 = static_cast<A>(step.beta2);
  const A rate = static_cast<A>(step.learning_rate / step.correction1);
  const A root_scale = static_cast<A>(1 / std::sqrt(step.correction2)), epsilon = static_cast<A>(step.epsilon);
  const A coupled = static_cast<A>(step.decoupled ? 0 : step.weight_decay);
  const A keep = static_cast<A>(step.decoupled ? 1 - step.learning_rate * step.weight_decay : 1);
  const A scale = static_cast<A>(step.gradient_scale);
  for_element_groups<A>(plan.size, begin, end, [=](int64_t i, int64_t n) {
    const Lanes<A> w = load_up_to(plan.weights + i, n);
    const Lanes<A> g = load_up_to(plan.gradient + i, n) * scale + w * coupled;
    const Lanes<A> m = load_up_to(plan.first_moment + i, n) * beta1 + g * (1 - beta1);
    const Lanes<A> v = load_up_to(plan.second_moment + i, n) * beta2 + g * g * (1 - beta2);
    store_up_to(plan.first_moment + i, m, n);
    store_up_to(plan.second_moment + i, v, n);
    store_up_to(plan.weights + i, w * keep - m * rate / (square_root<A>(v) * root_scale + epsilon), n);
  });
}

template <class A>
void momentum(const MomentumPlan<A>& plan, int64_t begin, int64_t end) {
  const MomentumStep& step = plan.step;
  const A rate = static_cast<A>(step.learning_rate), keep = static_cast<A>(step.momentum);
  const A decay = static_cast<A>(step.weight_decay), scale = static_cast<A>(step.gradient_scale);
  for_element_groups<A>(plan.size, begin, end, [=](int64_t i, int64_t n) {
    const Lanes<A> w = load_up_to(plan.weights + i, n);
    const Lanes<A> v = load_up_to(plan.velocity + i, n) * keep + load_up_to(plan.gradient + i, n) * scale + w * decay;
    store_up_to(plan.velocity + i, v, n);
    store_up_to(plan.weights + i, w - v * rate, n);
  });
}

template <class A>
void moving_average(const MovingAveragePlan<A>& plan, int64_t begin, int64_t end) {
  const A share = static_cast<A>(1 - plan.decay);
  for_element_groups<A>(plan.size, begin, end, [=](int64_t i, int64_t n) {
    const Lanes<A> old = load_up_to(plan.average + i, n);
    store_up_to(plan.average + i, old + (load_up_to(plan.weights + i, n) - old) * share, n);
  });
}

}  // namespace
}  // namespace heed

#pragma once

#include <cmath>

#include "kernels/cpu/cpu_kernels.h"
#include "kernels/host_device.h"

// One element of the flat buffers by one thread; the formulas of cpu/update_kernels.h.

namespace heed {

template <class A>
struct AdamElement {
  AdamElement(const AdamPlan& plan, const A* g, A* w, A* m, A* v)
      : beta1(static_cast<A>(plan.beta1)),
        beta2(static_cast<A>(plan.beta2)),
        rate(static_cast<A>(plan.learning_rate / plan.correction1)),
        root_scale(static_cast<A>(1 / std::sqrt(plan.correction2))),
        epsilon(static_cast<A>(plan.epsilon)),
        coupled(static_cast<A>(plan.decoupled ? 0 : plan.weight_decay)),
        keep(static_cast<A>(plan.decoupled ? 1 - plan.learning_rate * plan.weight_decay : 1)),
        scale(static_cast<A>(plan.gradient_scale)),
        gradient(g),
        weights(w),
        first_moment(m),
        second_moment(v) {}

  A beta1, beta2, rate, root_scale, epsilon, coupled, keep, scale;
  const A* gradient;
  A *weights, *first_moment, *second_moment;

  HEED_HOST_DEVICE void operator()(int64_t i) const {
    const A w = weights[i], g = gradient[i] * scale + w * coupled;
    const A m = first_moment[i] * beta1 + g * (1 - beta1);
    const A v = second_moment[i] * beta2 + g * g * (1 - beta2);
    first_moment[i] = m;
    second_moment[i] = v;
    weights[i] = w * keep - m * rate / (std::sqrt(v) * root_scale + epsilon);
  }
};

template <class A>
struct MomentumElement {
  MomentumElement(const MomentumPlan& plan, const A* g, A* w, A* v)
      : rate(static_cast<A>(plan.learning_rate)),
        keep(static_cast<A>(plan.momentum)),
        decay(static_cast<A>(plan.weight_decay)),
        scale(static_cast<A>(plan.gradient_scale)),
        gradient(g),
        weights(w),
        velocity(v) {}

  A rate, keep, decay, scale;
  const A* gradient;
  A *weights, *velocity;

  HEED_HOST_DEVICE void operator()(int64_t i) const {
    const A v = velocity[i] * keep + gradient[i] * scale + weights[i] * decay;
    velocity[i] = v;
    weights[i] -= v * rate;
  }
};

template <class A>
struct MovingAverageElement {
  A share;
  const A* weights;
  A* average;

  HEED_HOST_DEVICE void operator()(int64_t i) const { average[i] += (weights[i] - average[i]) * share; }
};

}  // namespace heed

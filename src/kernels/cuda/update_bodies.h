#pragma once

#include <cmath>

#include "kernels/host_device.h"
#include "kernels/update_plans.h"

// One element of the flat buffers by one thread; the formulas of cpu/update_kernels.h.

namespace heed {

template <class A>
struct AdamElement {
  AdamElement(const AdamStep& step, const A* g, A* w, A* m, A* v)
      : beta1(static_cast<A>(step.beta1)),
        beta2(static_cast<A>(step.beta2)),
        rate(static_cast<A>(step.learning_rate / step.correction1)),
        root_scale(static_cast<A>(1 / std::sqrt(step.correction2))),
        epsilon(static_cast<A>(step.epsilon)),
        coupled(static_cast<A>(step.decoupled ? 0 : step.weight_decay)),
        keep(static_cast<A>(step.decoupled ? 1 - step.learning_rate * step.weight_decay : 1)),
        scale(static_cast<A>(step.gradient_scale)),
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
  MomentumElement(const MomentumStep& step, const A* g, A* w, A* v)
      : rate(static_cast<A>(step.learning_rate)),
        keep(static_cast<A>(step.momentum)),
        decay(static_cast<A>(step.weight_decay)),
        scale(static_cast<A>(step.gradient_scale)),
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

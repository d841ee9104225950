#pragma once

#include <cmath>

#include "kernels/host_device.h"
#include "kernels/update_plans.h"

// One element of the flat buffers by one thread; the formulas of cpu/update_kernels.h. What a step's numbers make of
// each element alike is computed once, on the host.

namespace heed {

template <class A>
struct AdamElement {
  explicit AdamElement(const AdamPlan<A>& all)
      : plan(all),
        beta1(static_cast<A>(all.step.beta1)),
        beta2(static_cast<A>(all.step.beta2)),
        rate(static_cast<A>(all.step.learning_rate / all.step.correction1)),
        root_scale(static_cast<A>(1 / std::sqrt(all.step.correction2))),
        epsilon(static_cast<A>(all.step.epsilon)),
        coupled(static_cast<A>(all.step.decoupled ? 0 : all.step.weight_decay)),
        keep(static_cast<A>(all.step.decoupled ? 1 - all.step.learning_rate * all.step.weight_decay : 1)),
        scale(static_cast<A>(all.step.gradient_scale)) {}

  AdamPlan<A> plan;
  A beta1, beta2, rate, root_scale, epsilon, coupled, keep, scale;

  HEED_HOST_DEVICE void operator()(int64_t i) const {
    const A w = plan.weights[i], g = plan.gradient[i] * scale + w * coupled;
    const A m = plan.first_moment[i] * beta1 + g * (1 - beta1);
    const A v = plan.second_moment[i] * beta2 + g * g * (1 - beta2);
    plan.first_moment[i] = m;
    plan.second_moment[i] = v;
    plan.weights[i] = w * keep - m * rate / (std::sqrt(v) * root_scale + epsilon);
  }
};

template <class A>
struct MomentumElement {
  explicit MomentumElement(const MomentumPlan<A>& all)
      : plan(all),
        rate(static_cast<A>(all.step.learning_rate)),
        keep(static_cast<A>(all.step.momentum)),
        decay(static_cast<A>(all.step.weight_decay)),
        scale(static_cast<A>(all.step.gradient_scale)) {}

  MomentumPlan<A> plan;
  A rate, keep, decay, scale;

  HEED_HOST_DEVICE void operator()(int64_t i) const {
    const A v = plan.velocity[i] * keep + plan.gradient[i] * scale + plan.weights[i] * decay;
    plan.velocity[i] = v;
    plan.weights[i] -= v * rate;
  }
};

template <class A>
struct MovingAverageElement {
  explicit MovingAverageElement(const MovingAveragePlan<A>& all) : plan(all), share(static_cast<A>(1 - all.decay)) {}

  MovingAveragePlan<A> plan;
  A share;

  HEED_HOST_DEVICE void operator()(int64_t i) const { plan.average[i] += (plan.weights[i] - plan.average[i]) * share; }
};

}  // namespace heed

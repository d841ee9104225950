#pragma once

#include <cstdint>

namespace heed {

// Plans (plans.h) over the flat buffers of all parameters (train/flat_parameters.h), and the numbers of one update.

// One step of Adam (Kingma and Ba 2015, algorithm 1); decoupled: AdamW (Loshchilov and Hutter 2019, algorithm 2).
struct AdamStep {
  double learning_rate, beta1, beta2, epsilon, weight_decay;
  bool decoupled;
  double gradient_scale;            // the gradient is multiplied by this first
  double correction1, correction2;  // 1 - beta^step
};

// v = momentum * v + g;  w -= learning_rate * v
struct MomentumStep {
  double learning_rate, momentum, weight_decay, gradient_scale;
};

// Over flat buffers of `size` elements.
template <class A>
struct SquaredSumsPlan {
  const A* x;
  int64_t size;
  double* group_sums;  // one for each kElementGroup elements
};

template <class A>
struct AdamPlan {
  AdamStep step;
  const A* gradient;
  A *weights, *first_moment, *second_moment;
  int64_t size;
};

template <class A>
struct MomentumPlan {
  MomentumStep step;
  const A* gradient;
  A *weights, *velocity;
  int64_t size;
};

// average += (1 - decay) * (weights - average)
template <class A>
struct MovingAveragePlan {
  double decay;
  const A* weights;
  A* average;
  int64_t size;
};

}  // namespace heed

#pragma once

#include <ATen/core/Tensor.h>

#include "kernels/update_plans.h"

namespace heed {

// One pass each over flat buffers of float or double: all parameters of a model side by side (train/flat_parameters.h).

// Sum of squares, a double scalar on the buffer's device, in fixed groups: the same for any number of threads. Not
// finite if any element is not.
at::Tensor squared_norm(const at::Tensor& flat);

void adam_update(const AdamStep& step, const at::Tensor& gradient, at::Tensor& weights, at::Tensor& first_moment,
                 at::Tensor& second_moment);
void momentum_update(const MomentumStep& step, const at::Tensor& gradient, at::Tensor& weights, at::Tensor& velocity);

// average += (1 - decay) * (weights - average)
void update_moving_average(double decay, const at::Tensor& weights, at::Tensor& average);

}  // namespace heed

#include "kernels/parameter_update.h"

#include <ATen/TensorOperators.h>
#include <ATen/ops/_fused_adam.h>
#include <ATen/ops/_fused_adamw.h>
#include <ATen/ops/scalar_tensor.h>
#include <ATen/ops/zeros.h>
#include <gtest/gtest.h>

#include <cmath>
#include <limits>

#include "support/random_tensor.h"

namespace heed::testing {
namespace {

constexpr int64_t kSize = 10007;  // several groups, the last one incomplete

class ParameterUpdate : public ::testing::TestWithParam<at::ScalarType> {
 protected:
  at::Tensor flat(uint64_t seed) const { return random_tensor({kSize}, seed, GetParam()); }
  at::Tensor weights = flat(1);
  at::Tensor first = at::zeros({kSize}, GetParam()), second = at::zeros({kSize}, GetParam());
};

AdamStep adam_plan(bool decoupled, int64_t step) {
  return {.learning_rate = 0.01,
          .beta1 = 0.9,
          .beta2 = 0.98,
          .epsilon = 1e-9,
          .weight_decay = 0.1,
          .decoupled = decoupled,
          .gradient_scale = 0.25,
          .correction1 = 1 - std::pow(0.9, step),
          .correction2 = 1 - std::pow(0.98, step)};
}

// LibTorch's fused optimisers in the same type: `decoupled` AdamW, else Adam with L2.
TEST_P(ParameterUpdate, FiveStepsOfAdamEqualLibTorchs) {
  for (const bool decoupled : {false, true}) {
    at::Tensor w = weights.clone(), m = first.clone(), v = second.clone();
    at::Tensor w2 = weights.clone(), m2 = first.clone(), v2 = second.clone();
    for (int64_t step = 1; step <= 5; ++step) {
      const at::Tensor gradient = flat(10 + step);
      adam_update(adam_plan(decoupled, step), gradient, w, m, v);
      const at::Tensor count = at::scalar_tensor(static_cast<double>(step), at::kFloat), scaled = gradient * 0.25;
      if (decoupled)
        at::_fused_adamw_({w2}, {scaled}, {m2}, {v2}, {}, {count}, 0.01, 0.9, 0.98, 0.1, 1e-9, false, false);
      else
        at::_fused_adam_({w2}, {scaled}, {m2}, {v2}, {}, {count}, 0.01, 0.9, 0.98, 0.1, 1e-9, false, false);
    }
    EXPECT_TRUE(near(w, w2, GetParam(), 2)) << decoupled;
    EXPECT_TRUE(near(m, m2, GetParam())) << decoupled;
    EXPECT_TRUE(near(v, v2, GetParam())) << decoupled;
  }
}

TEST_P(ParameterUpdate, MomentumFollowsItsFormula) {
  const MomentumStep plan{.learning_rate = 0.1, .momentum = 0.9, .weight_decay = 0.01, .gradient_scale = 2};
  at::Tensor w = weights.clone(), velocity = flat(3);
  const at::Tensor gradient = flat(2), expected_velocity = velocity * 0.9 + gradient * 2 + w * 0.01;
  momentum_update(plan, gradient, w, velocity);
  EXPECT_TRUE(near(velocity, expected_velocity, GetParam()));
  EXPECT_TRUE(near(w, weights - expected_velocity * 0.1, GetParam()));
}

TEST_P(ParameterUpdate, MovingAverageGoesTheShareOfTheWay) {
  at::Tensor average = flat(2);
  const at::Tensor expected = average * 0.75 + weights * 0.25;
  update_moving_average(0.75, weights, average);
  EXPECT_TRUE(near(average, expected, GetParam()));
}

TEST_P(ParameterUpdate, SquaredNormIsSummedInDouble) {
  const double expected = weights.to(at::kDouble).square().sum().item<double>();
  EXPECT_NEAR(squared_norm(weights).item<double>(), expected, 1e-12 * expected);
}

TEST_P(ParameterUpdate, SquaredNormShowsWhatIsNotFinite) {
  for (const double bad : {std::numeric_limits<double>::infinity(), std::numeric_limits<double>::quiet_NaN()}) {
    at::Tensor damaged = weights.clone();
    damaged[kSize - 1].fill_(bad);
    EXPECT_FALSE(std::isfinite(squared_norm(damaged).item<double>()));
  }
}

INSTANTIATE_TEST_SUITE_P(Types, ParameterUpdate, ::testing::Values(at::kFloat, at::kDouble),
                         [](const auto& parameter) { return type_name(parameter.param); });

}  // namespace
}  // namespace heed::testing

#include "train/optimizer.h"

#include <ATen/ops/zeros_like.h>

#include <cmath>

#include "kernels/parameter_update.h"

namespace heed {

Optimizer::Optimizer(const OptimizerConfig& config, FlatParameters& parameters)
    : config_(config), parameters_(parameters) {
  state_.push_back({"moment1.", at::zeros_like(parameters.weights())});
  if (config.type != OptimizerType::kSgd) state_.push_back({"moment2.", at::zeros_like(parameters.weights())});
}

void Optimizer::step(double learning_rate, int64_t step, double gradient_scale) {
  const torch::NoGradGuard no_grad;
  if (config_.type == OptimizerType::kSgd) {
    const MomentumStep plan{learning_rate, config_.momentum, config_.weight_decay, gradient_scale};
    momentum_update(plan, parameters_.gradients(), parameters_.weights(), state_[0].values);
    return;
  }
  const auto [beta1, beta2] = config_.betas;
  const AdamStep plan{learning_rate,
                      beta1,
                      beta2,
                      config_.epsilon,
                      config_.weight_decay,
                      config_.type == OptimizerType::kAdamw,
                      gradient_scale,
                      1 - std::pow(beta1, static_cast<double>(step)),
                      1 - std::pow(beta2, static_cast<double>(step))};
  adam_update(plan, parameters_.gradients(), parameters_.weights(), state_[0].values, state_[1].values);
}

}  // namespace heed

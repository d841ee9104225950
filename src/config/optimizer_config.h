#pragma once

#include "config/field.h"

namespace heed {

// kAdam adds weight_decay to the gradient, kAdamw takes it off the weights (Loshchilov and Hutter 2019).
enum class OptimizerType { kAdam, kAdamw, kSgd };
constexpr auto enum_names(OptimizerType) {
  return std::to_array<EnumName<OptimizerType>>(
      {{OptimizerType::kAdam, "adam"}, {OptimizerType::kAdamw, "adamw"}, {OptimizerType::kSgd, "sgd"}});
}

struct OptimizerConfig {
  OptimizerType type = OptimizerType::kAdam;
  double learning_rate = 0.001;
  std::array<double, 2> betas = {0.9, 0.98};
  double epsilon = 1e-9;
  double weight_decay = 0;
  double momentum = 0;
  double clip_norm = 1.0;

  bool operator==(const OptimizerConfig&) const = default;

  template <class Visitor>
  static void fields(Visitor&& visit) {
    visit("type", &OptimizerConfig::type, "adamw decouples weight decay from the gradient");
    visit("learning_rate", &OptimizerConfig::learning_rate, "peak of the schedule (noam has schedule.factor instead)",
          above(0));
    visit("betas", &OptimizerConfig::betas, "decay of adam's first and second moment", at_least(0).below(1));
    visit("epsilon", &OptimizerConfig::epsilon, "added to adam's denominator", above(0));
    visit("weight_decay", &OptimizerConfig::weight_decay, "pull of weights towards zero", at_least(0));
    visit("momentum", &OptimizerConfig::momentum, "of sgd", at_least(0).below(1));
    visit("clip_norm", &OptimizerConfig::clip_norm, "largest norm of an update's gradient; 0: not clipped",
          at_least(0));
  }
};

}  // namespace heed

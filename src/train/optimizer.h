#pragma once

#include <torch/types.h>

#include <cstdint>
#include <string>
#include <vector>

#include "config/optimizer_config.h"
#include "train/flat_parameters.h"

namespace heed {

// adam, adamw or sgd over flat parameters (kernels/parameter_update.h). Its state is its moments; the number of updates
// and the learning rate come from outside.
class Optimizer {
 public:
  Optimizer(const OptimizerConfig& config, FlatParameters& parameters);

  // Update number `step` (1 is the first) with the gradients times `gradient_scale`.
  void step(double learning_rate, int64_t step, double gradient_scale);

  // The moments, flat, under the names a checkpoint keeps them by ("moment1.", "moment2.").
  struct State {
    std::string prefix;
    torch::Tensor values;
  };
  const std::vector<State>& state() const { return state_; }

 private:
  OptimizerConfig config_;
  FlatParameters& parameters_;
  std::vector<State> state_;
};

}  // namespace heed

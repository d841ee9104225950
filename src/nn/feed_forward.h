#pragma once

#include <torch/nn/module.h>
#include <torch/nn/pimpl.h>
#include <torch/types.h>

#include "config/model_config.h"
#include "nn/linear.h"
#include "nn/pass.h"

namespace heed {

// outer(dropout(f(inner(x)))), applied to every row alike (Vaswani et al. 2017, section 3.3). Gated activations have
// twice as many inner columns, a and b, and outer(dropout(f(a) * b)) (Shazeer 2020).
class FeedForwardImpl : public torch::nn::Module {
 public:
  explicit FeedForwardImpl(const ModelConfig& config);
  torch::Tensor forward(const torch::Tensor& x, Pass& pass);  // (N, D) -> (N, D)

  Linear inner, outer;

 private:
  Activation activation_;
  double dropout_;
};
TORCH_MODULE(FeedForward);

}  // namespace heed

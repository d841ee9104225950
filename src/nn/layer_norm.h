#pragma once

#include <torch/nn/pimpl.h>
#include <torch/types.h>

#include <cstdint>

#include "nn/parameter_module.h"

namespace heed {

// Layer normalisation over the width (Ba, Kiros and Hinton 2016), epsilon 1e-5, with scale and shift.
class LayerNormImpl : public ParameterModule {
 public:
  explicit LayerNormImpl(int64_t width);
  torch::Tensor forward(const torch::Tensor& x);  // (N, D) -> (N, D)

  torch::Tensor weight, bias;
};
TORCH_MODULE(LayerNorm);

}  // namespace heed

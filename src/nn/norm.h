#pragma once

#include <torch/nn/pimpl.h>
#include <torch/types.h>

#include <cstdint>

#include "config/model_config.h"
#include "nn/parameter_module.h"

namespace heed {

constexpr double kNormEpsilon = 1e-5;

// Normalisation over the width: layer norm with scale and shift (Ba, Kiros and Hinton 2016), or by the
// root mean square with a scale alone (Zhang and Sennrich 2019).
class NormImpl : public ParameterModule {
 public:
  explicit NormImpl(int64_t width, NormType type = NormType::kLayer);
  torch::Tensor forward(const torch::Tensor& x);  // (N, D) -> (N, D)

  torch::Tensor weight, bias;  // the latter undefined for kRms
};
TORCH_MODULE(Norm);

}  // namespace heed

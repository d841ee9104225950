#pragma once

#include <torch/nn/pimpl.h>
#include <torch/types.h>

#include <cstdint>

#include "nn/initial_values.h"
#include "nn/parameter_module.h"

namespace heed {

// x W^T + bias: x (N, in), weight (out, in), bias (out) or undefined -> (N, out). The weight may be fp32 beside bf16 x:
// it is rounded at use, its gradient summed in fp32. Without gradient (evaluation, decoding) rows are bit-equal
// whatever rows stand beside them (kernels/packed_weight.h).
torch::Tensor linear(const torch::Tensor& x, const torch::Tensor& weight, const torch::Tensor& bias = {});

class LinearImpl : public ParameterModule {
 public:
  LinearImpl(int64_t in, int64_t out);  // starts as torch.nn.Linear
  LinearImpl(int64_t in, int64_t out, const InitialValues& initial_weight, const InitialValues& initial_bias);
  torch::Tensor forward(const torch::Tensor& x) { return linear(x, weight, bias); }

  torch::Tensor weight, bias;
};
TORCH_MODULE(Linear);

}  // namespace heed

#pragma once

#include <torch/types.h>

#include <vector>

#include "config/decode_config.h"
#include "kernels/packed_weight.h"
#include "model/encoder_decoder.h"

namespace heed {

// How a model computes while it translates: the type of its activations, and what numbers its products on the CPU are
// of.
struct WorkingPrecision {
  torch::ScalarType type;
  ProductNumbers numbers;
};

// What `wanted` comes to for this model where it is: activations of fp32 on the CPU, but double for a double model.
// ConfigError for int8 on a GPU.
WorkingPrecision working_precision(const EncoderDecoder& model, DecodePrecision wanted);

// While this lives the models' activations are of `type`.
class ComputeIn {
 public:
  ComputeIn(std::vector<EncoderDecoder>& models, torch::ScalarType type);
  ~ComputeIn();
  ComputeIn(const ComputeIn&) = delete;
  ComputeIn& operator=(const ComputeIn&) = delete;

 private:
  std::vector<EncoderDecoder>& models_;
  std::vector<torch::ScalarType> before_;
};

}  // namespace heed

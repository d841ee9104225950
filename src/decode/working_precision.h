#pragma once

#include <torch/types.h>

#include "config/decode_config.h"
#include "kernels/packed_product.h"
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

// While this lives the model's activations are of `type`.
class ComputeIn {
 public:
  ComputeIn(EncoderDecoder& model, torch::ScalarType type) : model_(model), before_(model->compute_type()) {
    model_->set_compute_type(type);
  }
  ~ComputeIn() { model_->set_compute_type(before_); }
  ComputeIn(const ComputeIn&) = delete;
  ComputeIn& operator=(const ComputeIn&) = delete;

 private:
  EncoderDecoder& model_;
  torch::ScalarType before_;
};

}  // namespace heed

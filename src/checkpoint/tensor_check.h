#pragma once

#include <torch/nn/module.h>

#include <string>

#include "tensor/safetensors.h"

namespace heed {

// CheckpointError unless `found` (tensors of a checkpoint at `origin`) has exactly the names, shapes and types of
// `expected` (the model's own, whose values do not matter) and finite values. Distinct messages for a missing, an
// unexpected, a misshapen, a mistyped and a non-finite tensor, naming it, what was found and what was expected.
void check_tensors_match(const TensorMap& found, const TensorMap& expected, const std::string& origin);

// The parameters of `module` under the names that a checkpoint has; sharing their memory.
TensorMap weights_of(const torch::nn::Module& module);

// Copies `found` into the parameters of `module`, checked as above.
void load_weights(torch::nn::Module& module, const TensorMap& found, const std::string& origin);

// CheckpointError if a floating-point tensor holds a NaN or an infinity.
void check_finite(const TensorMap& tensors, const std::string& origin);

}  // namespace heed

#pragma once

#include <torch/nn/module.h>
#include <torch/types.h>

#include <string>
#include <vector>

#include "tensor/safetensors.h"

namespace heed {

// All parameters of a module as views into one flat buffer, all gradients as views into another, so that norm,
// clipping, update and average are one pass each. Names and order are the module's.
//
// The views break silently if someone calls `to`, `zero_grad` or assigns a gradient: build this after `to`, and let
// check() look at the pointers before every update.
class FlatParameters {
 public:
  explicit FlatParameters(torch::nn::Module& module);

  torch::Tensor& weights() { return weights_; }  // (P), padding between parameters included
  const torch::Tensor& weights() const { return weights_; }
  torch::Tensor& gradients() { return gradients_; }  // (P)
  void clear_gradients() { gradients_.zero_(); }
  int64_t count() const { return count_; }  // of the parameters themselves

  // TORCH_CHECK that every parameter and gradient is still the view it was made to be.
  void check() const;

  // A buffer laid out like weights(), as one tensor per parameter that shares its memory; `prefix` before each name.
  TensorMap views(const torch::Tensor& flat, const std::string& prefix = "") const;

 private:
  struct Entry {
    std::string name;
    torch::Tensor parameter;
    int64_t offset;
  };

  std::vector<Entry> entries_;
  torch::Tensor weights_, gradients_;
  int64_t count_ = 0;
};

}  // namespace heed

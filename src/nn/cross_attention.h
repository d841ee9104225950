#pragma once

#include <torch/nn/module.h>
#include <torch/nn/pimpl.h>
#include <torch/types.h>

#include "config/model_config.h"
#include "nn/linear.h"
#include "nn/pass.h"
#include "tensor/segments.h"

namespace heed {

// Multi-head attention of decoder rows over the memory of their sentence (Vaswani et al. 2017, section 3.2.3).
class CrossAttentionImpl : public torch::nn::Module {
 public:
  explicit CrossAttentionImpl(const ModelConfig& config);

  // x (Nt, D), memory (Ns, D) -> (Nt, D)
  torch::Tensor forward(const torch::Tensor& x, const Segments& target, const torch::Tensor& memory,
                        const Segments& source, Pass& pass);

  // Keys and values of a memory, (Ns, 2D): made once a sentence, used by every decoding step.
  torch::Tensor project(const torch::Tensor& memory) { return key_value(memory); }
  torch::Tensor attend(const torch::Tensor& x, const Segments& target, const torch::Tensor& memory_key_value,
                       const Segments& source, Pass& pass);

  Linear query, key_value, output;

 private:
  int64_t num_heads_;
  double dropout_;
};
TORCH_MODULE(CrossAttention);

}  // namespace heed

#pragma once

#include <torch/nn/module.h>
#include <torch/nn/pimpl.h>
#include <torch/types.h>

#include "config/model_config.h"
#include "model/encoder.h"
#include "nn/cross_attention.h"
#include "nn/feed_forward.h"
#include "nn/norm.h"
#include "nn/pass.h"
#include "nn/residual.h"
#include "nn/self_attention.h"
#include "tensor/segments.h"

namespace heed {

// A sublayer in its residual: pre-norm x + dropout(f(norm(x))), post-norm norm(x + dropout(f(x))). Xiong et al. 2020.
struct ResidualBlock {
  explicit ResidualBlock(const ModelConfig& config)
      : pre_norm(config.norm == NormPlace::kPre), dropout(config.dropout) {}

  template <class Sublayer>
  torch::Tensor operator()(const torch::Tensor& x, Norm& norm, Pass& pass, Sublayer f) const {
    if (pre_norm) return residual(x, f(norm(x)), pass.dropout(dropout));
    return norm(residual(x, f(x), pass.dropout(dropout)));
  }

  bool pre_norm;
  double dropout;
};

class TransformerEncoderLayerImpl : public torch::nn::Module {
 public:
  explicit TransformerEncoderLayerImpl(const ModelConfig& config);
  // (Ns, D) -> (Ns, D)
  torch::Tensor forward(torch::Tensor x, const Segments& source, const AttentionPositions& positions, Pass& pass);

  Norm self_attention_norm, feed_forward_norm;
  SelfAttention self_attention;
  FeedForward feed_forward;

 private:
  ResidualBlock residual_;
};
TORCH_MODULE(TransformerEncoderLayer);

// Where a decoder's rows stand.
struct TargetRows {
  Segments segments;
  AttentionPositions positions;
};

class TransformerDecoderLayerImpl : public torch::nn::Module {
 public:
  explicit TransformerDecoderLayerImpl(const ModelConfig& config);

  // Whole target sentences: (Nt, D) -> (Nt, D).
  torch::Tensor forward(torch::Tensor x, const TargetRows& target, const Memory& memory, Pass& pass);

  // One position a row: (R, D) -> (R, D). `rows` says which rows belong to which sentence of the memory.
  torch::Tensor step(torch::Tensor x, SelfAttentionCache& cache, const Segments& rows, const ProjectedMemory& memory);

  Norm self_attention_norm, cross_attention_norm, feed_forward_norm;
  SelfAttention self_attention;
  CrossAttention cross_attention;
  FeedForward feed_forward;

 private:
  ResidualBlock residual_;
};
TORCH_MODULE(TransformerDecoderLayer);

}  // namespace heed

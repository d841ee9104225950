#pragma once

#include <torch/types.h>

#include <vector>

#include "kernels/attention.h"
#include "tensor/segments.h"

namespace heed {

struct AttentionOutput {
  torch::Tensor output;                // (Nq, D)
  std::vector<torch::Tensor> weights;  // per sentence (H, Lq, Lk), before dropout
};

// Attention written as its definition, sentence by sentence, differentiable by autograd on any device and in any type:
// the oracle of the fused kernels, and the source of weights to look at. No padding ever enters a softmax. Arguments as
// packed_attention; dropout is not supported (TORCH_CHECK), since its masks belong to the fused kernel.
AttentionOutput reference_attention(const torch::Tensor& query, const torch::Tensor& key, const torch::Tensor& value,
                                    const Segments& query_segments, const Segments& key_segments,
                                    const PackedAttention& options);

}  // namespace heed

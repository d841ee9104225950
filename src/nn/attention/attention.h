#pragma once

#include <torch/types.h>

#include "kernels/attention.h"

namespace heed {

// Multi-head scaled dot-product attention over packed sentences: sentence b's query rows attend to sentence b's key
// rows; heads lie side by side in the width. Queries, keys and values come in one matrix (N, 3D), keys and values in
// one (N, 2D), so that one product makes them and one gradient goes back.
//
// The fused kernels of kernels/attention.h, CPU and CUDA. The reference (attention/reference.h), equal to them in
// tests, serves whoever needs the weights.
torch::Tensor self_attention(const torch::Tensor& query_key_value,
                             const PackedAttention& options);  // (N, 3D) -> (N, D)
torch::Tensor cross_attention(const torch::Tensor& query, const torch::Tensor& key_value,
                              const PackedAttention& options);  // (Nq, D), (Nk, 2D) -> (Nq, D)

}  // namespace heed

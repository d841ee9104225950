#pragma once

#include <ATen/core/Tensor.h>

#include "kernels/attention_problem.h"

namespace heed {

// LibTorch's FlashAttention over sentences of different lengths (Dao 2023, "FlashAttention-2"), for packed_attention on
// CUDA where it can be used: bf16, head sizes that are multiples of 8 up to 256, packed segments, no biases, no
// dropout (its masks would be others than the CPU's), no key_rows, all heads with keys of their own, every key or a
// window within one sentence.
bool flash_fits(const QueryKeyValue& x, const AttentionProblem& problem);

// Arguments and results as packed_attention and packed_attention_backward. Backward runs forward again for the softmax
// sums, and adds in a fixed order.
at::Tensor flash_attention(const QueryKeyValue& x, const AttentionProblem& problem);
void flash_attention_backward(const QueryKeyValue& x, const AttentionProblem& problem,
                              const at::Tensor& output_gradient, const QueryKeyValue& gradients);

}  // namespace heed

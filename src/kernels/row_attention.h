#pragma once

#include <ATen/core/Tensor.h>

#include "tensor/segments.h"

namespace heed {

// Single-head attention of query rows to the keys of their sentences, as a recurrent decoder asks for it at every step:
//   additive   score(q, k) = v . tanh(q + k)     Bahdanau et al. 2015, appendix A.1.2 (q and k already projected)
//   dot        score(q, k) = q . k               Luong et al. 2015, section 3.1
// weights = softmax over the keys of the row's segment; output = sum of weights times values.
struct RowAttention {
  at::Tensor output;   // (R, M)
  at::Tensor weights;  // (R, columns), at least as many as the longest segment; 0 beyond a row's own
};

// query (R, A), keys (N, A), values (N, M); reach: one segment of key rows for each query row; score_vector (A) of the
// queries' type, undefined for dot products. CPU: a fused kernel. Elsewhere composed, see row_attention_composed.
RowAttention row_attention(const at::Tensor& query, const at::Tensor& keys, const at::Tensor& values,
                           const Segments& reach, const at::Tensor& score_vector);

// The same of LibTorch's operations, on any device and differentiable by autograd: keys are gathered with padding.
RowAttention row_attention_composed(const at::Tensor& query, const at::Tensor& keys, const at::Tensor& values,
                                    const Segments& reach, const at::Tensor& score_vector);

// Gradients on the CPU, in the arithmetic type (float for bf16): of the query, made; of keys, values and score vector,
// added to. REQUIRES: no two rows share keys.
struct RowAttentionGradients {
  at::Tensor query, keys, values, score_vector;
};
void row_attention_backward(const at::Tensor& query, const at::Tensor& keys, const at::Tensor& values,
                            const Segments& reach, const at::Tensor& score_vector, const at::Tensor& weights,
                            const at::Tensor& output_gradient, RowAttentionGradients& gradients);

}  // namespace heed

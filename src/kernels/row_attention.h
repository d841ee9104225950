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

struct RowAttentionInput {
  at::Tensor query;         // (R, A)
  at::Tensor keys, values;  // (N, A), (N, M)
  Segments reach;           // one segment of key rows for each query row
  at::Tensor score_vector;  // (A) of the queries' type; undefined: dot products
};

// All tensors contiguous, on the CPU or a CUDA device.
RowAttention row_attention(const RowAttentionInput& x);

// Gradients: of the query, made, in its type; of keys, values and score vector, added to, in the arithmetic type (float
// for bf16). `weights` as row_attention gave them. REQUIRES: no two rows share keys.
struct RowAttentionGradients {
  at::Tensor query, keys, values, score_vector;
};
void row_attention_backward(const RowAttentionInput& x, const at::Tensor& weights, const at::Tensor& output_gradient,
                            RowAttentionGradients& gradients);

}  // namespace heed

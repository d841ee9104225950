#pragma once

#include <ATen/core/Tensor.h>

#include "kernels/dropout.h"
#include "tensor/segments.h"

namespace heed {

// Rows of packed sentences, heads side by side in the width: query (Nq, D), key and value (Nk, D), each possibly a
// column slice of a wider matrix (row stride > D), key and value of equal strides.
struct QueryKeyValue {
  at::Tensor query, key, value;
};

// Scaled dot-product attention over packed sentences, fused: softmax(Q K^T / sqrt(K)) V per (sentence, head), no score
// ever leaves the cache (Vaswani et al. 2017, section 3.2).
struct PackedAttention {
  Segments queries, keys;  // sentence b's queries attend to sentence b's keys
  int64_t num_heads = 1;
  bool causal = false;  // a query sees keys up to its own position, the last query sees all
  Dropout dropout;      // of the weights
  at::Tensor key_rows;  // int32 or undefined: row r of `keys` is kept in row key_rows[r] of key and value
};

at::Tensor packed_attention(const QueryKeyValue& x, const PackedAttention& options);  // (Nq, D)

// Writes the gradients into tensors shaped and strided like what they are the gradient of. Without key_rows.
void packed_attention_backward(const QueryKeyValue& x, const PackedAttention& options,
                               const at::Tensor& output_gradient, const QueryKeyValue& gradients);

}  // namespace heed

#pragma once

#include <ATen/core/Tensor.h>

#include <tuple>

#include "kernels/dropout.h"
#include "tensor/segments.h"

namespace heed {

// Scaled dot-product attention over packed sentences, fused: softmax(Q K^T / sqrt(K)) V per (sentence, head), no score
// ever leaves the cache (Vaswani et al. 2017, section 3.2). Sentence b's queries attend to sentence b's keys.
struct PackedAttention {
  int64_t num_heads = 1;
  bool causal = false;  // a query sees keys up to its own position, the last query sees all
  Dropout dropout;      // of the weights
};

// query (Nq, D), key and value (Nk, D), each possibly a column slice of a wider matrix (row stride > D), key and value
// of equal strides. key_rows, int32 or undefined: row r of the key segments is kept in row key_rows[r] of key and
// value.
at::Tensor packed_attention(const at::Tensor& query, const at::Tensor& key, const at::Tensor& value,
                            const Segments& query_segments, const Segments& key_segments,
                            const PackedAttention& options, const at::Tensor& key_rows = {});

// Writes the gradients of query, key and value into tensors shaped and strided like them.
void packed_attention_backward(const at::Tensor& query, const at::Tensor& key, const at::Tensor& value,
                               const Segments& query_segments, const Segments& key_segments,
                               const PackedAttention& options, const at::Tensor& output_gradient,
                               const std::tuple<at::Tensor, at::Tensor, at::Tensor>& gradients);

}  // namespace heed

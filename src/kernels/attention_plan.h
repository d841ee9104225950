#pragma once

#include <cstdint>

#include "kernels/plans.h"
#include "kernels/reach.h"

namespace heed {

// Attention of packed sentences (kernels/attention.h). Query segment b attends to key segment b; strides are between
// rows. Query heads g * num_heads / num_key_heads and the following ones share key head g. key_rows, if given, maps a
// row of the key segments to the row of `key`, `value` and `key_bias` that holds it.
//
// The score of key j for the query at position p is  scale q.k + key_bias[j] + distance_bias[j - p].
template <class T, class A = ArithmeticOf<T>>
struct AttentionPlan {
  const T *query, *key, *value;
  int64_t query_stride, key_stride, value_stride;
  const int32_t *query_starts, *query_lengths, *key_starts, *key_lengths;
  const int32_t* key_rows;
  int64_t num_sentences, num_query_rows, max_query_length, max_key_length;
  int64_t num_heads, num_key_heads, head_size;
  double scale;
  Reach reach;
  QueryPositions positions;
  const A* key_bias;       // (rows of key, num_key_heads), or null
  const A* distance_bias;  // (num_heads, distances), the middle one of distance 0, or null
  int64_t distances;       // 2 n - 1, n at least every length of keys
  DropoutPlan dropout;     // of the weights
  // forward
  T* output;
  int64_t output_stride;
  // backward
  const T* output_gradient;  // stride: output_stride
  int64_t query_gradient_stride, key_gradient_stride, value_gradient_stride;
  T *query_gradient, *key_gradient, *value_gradient;
  A* key_bias_gradient;       // or null
  A* distance_bias_gradient;  // (sentences, num_heads, distances), added to, or null
};

}  // namespace heed

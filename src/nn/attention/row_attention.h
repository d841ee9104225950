#pragma once

#include <torch/types.h>

#include <memory>

#include "kernels/row_attention.h"
#include "tensor/segments.h"

namespace heed {

// What the steps of a recurrent decoder look at: keys (N, A) and values (N, M) of packed sentences.
class AttendedMemory {
 public:
  AttendedMemory() = default;

  // For the kernels of kernels/row_attention.h. Every step adds to the gradients in place, and the graph sees the sum
  // once: otherwise each step would cost as much as all rows.
  AttendedMemory(const torch::Tensor& keys, const torch::Tensor& values);

  // The rows attend to the segments of `reach`, one a row. score_vector (A): additive scores; undefined: dot products
  // (kernels/row_attention.h). Weights carry no gradient. REQUIRES: not made by whole().
  RowAttention attend(const torch::Tensor& query, const Segments& reach, const torch::Tensor& score_vector = {}) const;

  // For attend() of nn/attention/attend.h, whatever the kind of attention: keys and values are as autograd knows them.
  struct Rows {
    torch::Tensor keys, values, key_bias;
  };
  static AttendedMemory whole(const Rows& rows);
  const torch::Tensor& keys() const { return rows_.keys; }
  const torch::Tensor& values() const { return rows_.values; }
  const torch::Tensor& key_bias() const { return rows_.key_bias; }

  struct Gradients;

 private:
  Rows rows_;
  std::shared_ptr<Gradients> gradients_;
};

}  // namespace heed

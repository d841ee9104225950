#pragma once

#include <torch/types.h>

#include <memory>

#include "kernels/row_attention.h"
#include "tensor/segments.h"

namespace heed {

// What the steps of a recurrent decoder look at: keys (N, A) and values (N, M) of packed sentences. Every step adds to
// their gradients in place, and the graph sees the sum once: otherwise each step would cost as much as all rows.
class AttendedMemory {
 public:
  AttendedMemory() = default;
  AttendedMemory(const torch::Tensor& keys, const torch::Tensor& values);

  // The rows attend to the segments of `reach`, one a row. score_vector (A): additive scores; undefined: dot products
  // (kernels/row_attention.h). Weights carry no gradient.
  RowAttention attend(const torch::Tensor& query, const Segments& reach, const torch::Tensor& score_vector = {}) const;

  struct Gradients;

 private:
  torch::Tensor keys_, values_;
  std::shared_ptr<Gradients> gradients_;
};

}  // namespace heed

#pragma once

#include <compare>
#include <cstdint>

#include "tensor/batch.h"

namespace heed {

// What a captured CUDA graph is made for: work on batches of one shape is the same kernels over the same memory.
struct BatchShape {
  int64_t source_rows = 0, target_rows = 0, sentences = 0;
  int32_t longest_source = 0, longest_target = 0;  // at least as long as the longest sentence

  auto operator<=>(const BatchShape&) const = default;
};

// The shape that `batch` is padded to: a few rows and sentences more, rounded up, so that a run meets some dozens of
// shapes and not one for each batch.
BatchShape padded_shape(const Batch& batch);

// `batch` and, after its own sentences, some of padding: their tokens are 0, their labels kPaddingLabel. Sums over
// rows keep their order, so losses and gradients are the batch's own. REQUIRES: shape is padded_shape(batch).
Batch padded(const Batch& batch, const BatchShape& shape);

}  // namespace heed

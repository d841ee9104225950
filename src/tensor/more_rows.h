#pragma once

#include <ATen/core/Tensor.h>
#include <ATen/ops/empty.h>

#include <cstdint>

namespace heed {

// A matrix of `rows` rows, no fewer than `matrix` has, that begins with its rows. What is behind stays untouched: it
// may never be used.
inline at::Tensor more_rows(const at::Tensor& matrix, int64_t rows) {
  at::Tensor larger = at::empty({rows, matrix.size(1)}, matrix.options());
  larger.narrow(0, 0, matrix.size(0)).copy_(matrix);
  return larger;
}

}  // namespace heed

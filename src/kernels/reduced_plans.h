#pragma once

#include <cstdint>

#include "kernels/plans.h"

namespace heed {

// Plans of the CPU's products of numbers with fewer bits (kernels/packed_product.h). How rows and panels are laid out
// is the business of the kernels of one instruction set alone: entries are taken in groups of 4 bytes, and the reduced
// form of n entries of a row takes reduced_row_bytes(n).
constexpr int64_t reduced_row_bytes(int64_t entries) { return (entries + 15) / 16 * 16 * 2; }

// x[r][k] is about q * scales[r], q a whole number from -127 to 127; or bf16, which has no scales.
struct ReduceRowsPlan {
  const float* x;
  int64_t x_stride, rows, in;
  void* reduced;  // rows reduced_row_bytes(in) apart
  float* scales;  // (rows)
};

// The same of the rows of a weight (out, in), which are the columns of the product.
struct ReducePanelsPlan {
  const float* weight;
  int64_t weight_stride, out, in;
  void* panels;
  float* scales;         // (columns of all panels), as corrections
  int32_t* corrections;  // where a column's sum begins, for what was added to the entries of rows
};

// y = x W^T + bias
struct ReducedProductPlan {
  const void* x;
  const float* x_scales;
  const void* panels;
  const float* scales;
  const int32_t* corrections;
  const float* bias;  // (out) or null
  int64_t rows, in, out;
  float* y;  // (rows, out)
};

}  // namespace heed

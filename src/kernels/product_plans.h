#pragma once

#include <cstdint>

namespace heed {

// Plans of the CPU's products (kernels/packed_weight.h, kernels/weight_gradient.h). How panels and reduced rows are
// laid out is the business of the kernels of one instruction set alone: entries are taken in groups of neighbours along
// the depth, the dimension that is summed over. Pointers without a type are to what the table of the kernels is for.

// The columns of a product, kept in panels of neighbours: entry k of column c is weight[c * column_stride + k *
// depth_stride]. One of the strides is 1; for 8 bits it is the depth's.
struct PanelsPlan {
  const void* weight;
  int64_t column_stride, depth_stride, columns, depth;
  void* panels;
  float* scales;         // (columns of all panels) of 8 bits, as corrections
  int32_t* corrections;  // where a column's sum begins, for what was added to the entries of rows
};

// Rows to fewer bits: x[r][k] is about q * scales[r], q a whole number from -127 to 127; or bf16, which has no scales.
// The reduced form of n entries takes reduced_row_bytes(n).
constexpr int64_t reduced_row_bytes(int64_t entries) { return (entries + 15) / 16 * 16 * 2; }
struct RowsPlan {
  const float* x;
  int64_t x_stride, rows, depth;
  void* reduced;
  float* scales;  // (rows)
};

// y[r][c] = sum over k of x[r][k] column c [k], and the bias. Rows come in blocks of so many.
constexpr int64_t kProductRows = 96;
struct ProductPlan {
  const void* x;
  int64_t row_bytes;  // from one row of x to the next; each has whole groups
  const float* x_scales;
  const void* panels;
  const float* scales;
  const int32_t* corrections;
  const void* bias;  // (columns) in the type of the sums, or null
  int64_t rows, depth, columns;
  void* y;  // (rows, columns)
};

// sums[o][i] += sum over n of gradient[n][o] x[n][i]. Rows of `sums` come in blocks of at most so many.
constexpr int64_t kGradientRows = 192;
struct WeightGradientPlan {
  const void* gradient;
  int64_t gradient_stride;
  const void* x;
  int64_t x_stride;
  int64_t rows, out, in;
  int64_t block;  // rows of sums in a block
  void* sums;     // (out, in)
};

}  // namespace heed

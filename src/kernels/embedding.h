#pragma once

#include <ATen/core/Tensor.h>

#include "kernels/dropout.h"
#include "tensor/device_batch.h"

namespace heed {

// dropout(table[ids] * scale + positions[their positions]): (N, D) of `type`, from a table (V, D).
struct EmbeddingLookup {
  TokenIds tokens;
  double scale = 1;
  at::Tensor positions;  // (P, D)
  Dropout dropout;
  at::ScalarType type;
};
at::Tensor embed(const at::Tensor& table, const EmbeddingLookup& lookup);

// Rows that are added up by their id. A GPU needs them sorted: what is undefined here is sorted there.
struct RowIds {
  at::Tensor ids;                // (N) int64
  at::Tensor sorted_ids, order;  // see TokenIds
};

// table_gradient[ids[n]] += scale * dropout(gradient[n]), rows in order; table_gradient (V, D).
void embed_backward(const at::Tensor& gradient, const RowIds& rows, double scale, const Dropout& dropout,
                    at::Tensor& table_gradient);

}  // namespace heed

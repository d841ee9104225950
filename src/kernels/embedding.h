#pragma once

#include <ATen/core/Tensor.h>

#include "kernels/dropout.h"

namespace heed {

// dropout(table[ids] * scale + positions[position_ids]): (N, D) of `type`, from a table (V, D).
struct EmbeddingLookup {
  at::Tensor ids;  // (N) int64
  double scale = 1;
  at::Tensor positions, position_ids;  // (P, D), (N) int64
  Dropout dropout;
  at::ScalarType type;
};
at::Tensor embed(const at::Tensor& table, const EmbeddingLookup& lookup);

// table_gradient[ids[n]] += scale * dropout(gradient[n]), rows in order; table_gradient (V, D).
void embed_backward(const at::Tensor& gradient, const at::Tensor& ids, double scale, const Dropout& dropout,
                    at::Tensor& table_gradient);

}  // namespace heed

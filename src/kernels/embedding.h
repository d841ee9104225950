#pragma once

#include <ATen/core/Tensor.h>

#include "kernels/dropout.h"

namespace heed {

// dropout(table[ids] * scale + positions[position_ids]): (N, D) of type `dtype`.
// table (V, D), positions (P, D), ids and position_ids int64 (N).
at::Tensor embed(const at::Tensor& table, const at::Tensor& ids, const at::Tensor& positions,
                 const at::Tensor& position_ids, double scale, const Dropout& dropout, at::ScalarType dtype);

// table_gradient[ids[n]] += scale * dropout(gradient[n]), rows in order; table_gradient (V, D).
void embed_backward(const at::Tensor& gradient, const at::Tensor& ids, double scale, const Dropout& dropout,
                    at::Tensor& table_gradient);

}  // namespace heed

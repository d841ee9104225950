#pragma once

#include <torch/types.h>

#include <cstdint>
#include <vector>

#include "nn/recurrent_cell.h"

namespace heed {

// Where a recurrent decoder stands in the target, one row a hypothesis: the states of its layers, and with Luong's
// attention what it fed back last.
struct RecurrentRows {
  std::vector<CellState> layers;
  torch::Tensor attentional;  // (R, D), Luong only

  RecurrentRows first(int64_t rows) const;
  RecurrentRows select(const torch::Tensor& indices) const;
};

}  // namespace heed

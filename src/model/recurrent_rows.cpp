#include "model/recurrent_rows.h"

#include <ATen/ops/index_select.h>

namespace heed {

RecurrentRows RecurrentRows::first(int64_t rows) const {
  RecurrentRows result;
  for (const CellState& state : layers) result.layers.push_back(state.first(rows));
  if (attentional.defined()) result.attentional = attentional.narrow(0, 0, rows);
  return result;
}

RecurrentRows RecurrentRows::select(const torch::Tensor& indices) const {
  const auto pick = [&](const torch::Tensor& x) { return x.defined() ? x.index_select(0, indices) : x; };
  RecurrentRows result;
  for (const CellState& state : layers) result.layers.push_back({pick(state.hidden), pick(state.cell)});
  result.attentional = pick(attentional);
  return result;
}

}  // namespace heed

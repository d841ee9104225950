#pragma once

#include <torch/types.h>

#include <vector>

#include "model/decoder_state.h"
#include "model/encoder.h"
#include "nn/attention/row_attention.h"
#include "nn/recurrent_cell.h"
#include "tensor/id_tensor.h"

namespace heed {

// Where a recurrent decoder stands in the target, one row a hypothesis: the states of its layers, and with Luong's
// attention what it fed back last.
struct RecurrentRows {
  std::vector<CellState> layers;
  torch::Tensor attentional;  // (R, D), Luong only

  RecurrentRows first(int64_t rows) const;
  RecurrentRows select(const torch::Tensor& indices) const;
};

class RecurrentState : public DecoderState {
 public:
  RecurrentState(const Memory& source, AttendedMemory attended, RecurrentRows start)
      : DecoderState(source.segments), attended_(std::move(attended)), current_(std::move(start)) {}

 private:
  friend class RecurrentDecoderImpl;

  void select_rows(const std::vector<int64_t>& indices) override {
    current_ = current_.select(id_tensor(indices, current_.layers.front().hidden.device()));
  }

  AttendedMemory attended_;
  RecurrentRows current_;
  int64_t length_ = 0;  // words decoded
};

}  // namespace heed

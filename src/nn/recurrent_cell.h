#pragma once

#include <torch/nn/module.h>
#include <torch/nn/pimpl.h>
#include <torch/types.h>

#include <cstdint>
#include <vector>

#include "config/model_config.h"
#include "kernels/dropout.h"
#include "nn/linear.h"

namespace heed {

// What a recurrent cell carries from step to step, each (R, H). A GRU has no cell.
struct CellState {
  torch::Tensor hidden, cell;

  CellState first(int64_t rows) const;  // of the first rows alone
};

// A GRU or LSTM cell with the arithmetic, and the parameters' layout, of torch.nn.GRU and torch.nn.LSTM: `input` holds
// weight_ih and bias_ih, `hidden` weight_hh and bias_hh. Equations: kernels/recurrent_cell.h.
class RecurrentCellImpl : public torch::nn::Module {
 public:
  RecurrentCellImpl(CellType type, int64_t input_size, int64_t hidden_size);

  // input_gates (R, gates): input(x), for many steps in one product. `dropout` is of the hidden state on its way into
  // the gates: one mask for all steps is variational dropout (Gal and Ghahramani 2016, section 4).
  CellState step(const torch::Tensor& input_gates, const CellState& before, const Dropout& dropout);

  // All steps from a state of zeros: input_gates (N, gates) of time-major rows (nn/time_major.h), counts[t] of them at
  // step t -> the hidden states (N, H). In training one operation (nn/recurrent_run.h).
  torch::Tensor run(const torch::Tensor& input_gates, const std::vector<int64_t>& counts, const Dropout& dropout);

  CellState start(const torch::Tensor& hidden) const;  // from a hidden state; an LSTM's cell starts at 0

  Linear input, hidden;

 private:
  CellType type_;
  int64_t hidden_size_;
};
TORCH_MODULE(RecurrentCell);

// dropout(x), differentiable.
torch::Tensor dropout(const torch::Tensor& x, const Dropout& options);

}  // namespace heed

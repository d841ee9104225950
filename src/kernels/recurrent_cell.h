#pragma once

#include <ATen/core/Tensor.h>

#include <tuple>

namespace heed {

// One step of a recurrent network for R rows, the elementwise part: both products with weights are the caller's. Gates
// lie side by side in the width. All tensors are contiguous, on the CPU or a CUDA device.

// Gated recurrent unit in the form of cuDNN and torch.nn.GRU, the reset gate after the product (Chung et al. 2014 with
// the variant of Cho et al. 2014, v1):
//   r = sigmoid(x_r + h_r)   z = sigmoid(x_z + h_z)   n = tanh(x_n + r h_n)   hidden' = (1 - z) n + z hidden
// input_gates x and hidden_gates h (R, 3H) in the order r z n, hidden (R, H) -> (R, H).
at::Tensor gru_cell(const at::Tensor& input_gates, const at::Tensor& hidden_gates, const at::Tensor& hidden);

struct GruGradients {
  at::Tensor input_gates, hidden_gates, hidden;
};
GruGradients gru_cell_backward(const at::Tensor& input_gates, const at::Tensor& hidden_gates, const at::Tensor& hidden,
                               const at::Tensor& output_gradient);

// Long short-term memory (Hochreiter and Schmidhuber 1997, with the forget gate of Gers et al. 2000), as torch.nn.LSTM:
//   i f o = sigmoid(x + h)   g = tanh(x_g + h_g)   cell' = f cell + i g   hidden' = o tanh(cell')
// gates (R, 4H) in the order i f g o, cell (R, H) -> hidden', cell'.
struct LstmOutput {
  at::Tensor hidden, cell;
};
LstmOutput lstm_cell(const at::Tensor& input_gates, const at::Tensor& hidden_gates, const at::Tensor& cell);

struct LstmGradients {
  at::Tensor gates, cell;  // input and hidden gates have the same gradient
};
LstmGradients lstm_cell_backward(const at::Tensor& input_gates, const at::Tensor& hidden_gates, const at::Tensor& cell,
                                 const LstmOutput& output_gradients);

}  // namespace heed

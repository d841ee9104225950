// Oracle: LibTorch's own gru_cell and lstm_cell, and autograd through them.
#include "kernels/recurrent_cell.h"

#include <ATen/ops/allclose.h>
#include <ATen/ops/equal.h>
#include <ATen/ops/eye.h>
#include <ATen/ops/gru_cell.h>
#include <ATen/ops/lstm_cell.h>
#include <gtest/gtest.h>
#include <torch/csrc/autograd/autograd.h>
#include <torch/types.h>

#include "support/random_tensor.h"

namespace heed {
namespace {

using testing::random_tensor;

constexpr int64_t kRows = 5, kWidth = 19;  // one whole vector of floats and a rest

struct Cell {
  explicit Cell(int64_t gates, torch::ScalarType type)
      : input_gates(random_tensor({kRows, gates * kWidth}, 1, type) * 2),
        hidden_gates(random_tensor({kRows, gates * kWidth}, 2, type) * 2),
        state(random_tensor({kRows, kWidth}, 3, type)) {}
  torch::Tensor input_gates, hidden_gates, state;
};

TEST(GruCell, WithoutHiddenGatesEqualsLibTorchs) {
  Cell cell(3, torch::kDouble);
  cell.hidden_gates.zero_();
  const torch::Tensor none, no_weight = torch::zeros({3 * kWidth, kWidth}, torch::kDouble);
  const torch::Tensor expected =
      at::gru_cell(cell.input_gates, cell.state, torch::eye(3 * kWidth, torch::kDouble), no_weight, none, none);
  EXPECT_TRUE(torch::allclose(gru_cell(cell.input_gates, cell.hidden_gates, cell.state), expected, 0, 1e-14));
}

// With weights and biases around it, so that the reset gate matters.
TEST(GruCell, EqualsLibTorchsWithItsGradients) {
  const Cell cell(3, torch::kDouble);
  const torch::Tensor w_ih = random_tensor({3 * kWidth, 7}, 4, torch::kDouble),
                      x = random_tensor({kRows, 7}, 5, torch::kDouble).requires_grad_();
  const torch::Tensor w_hh = random_tensor({3 * kWidth, kWidth}, 6, torch::kDouble);
  const torch::Tensor b_ih = random_tensor({3 * kWidth}, 7, torch::kDouble),
                      b_hh = random_tensor({3 * kWidth}, 8, torch::kDouble);
  torch::Tensor state = cell.state.clone().requires_grad_();
  const torch::Tensor expected = at::gru_cell(x, state, w_ih, w_hh, b_ih, b_hh);
  const torch::Tensor input_gates = torch::addmm(b_ih, x.detach(), w_ih.t()),
                      hidden_gates = torch::addmm(b_hh, cell.state, w_hh.t());
  EXPECT_TRUE(torch::allclose(gru_cell(input_gates, hidden_gates, cell.state), expected, 0, 1e-14));

  const torch::Tensor upstream = random_tensor({kRows, kWidth}, 9, torch::kDouble);
  expected.backward(upstream);
  const GruGradients gradients = gru_cell_backward(input_gates, hidden_gates, cell.state, upstream);
  // the state reaches the output through the gates and directly
  const torch::Tensor total = gradients.hidden + torch::mm(gradients.hidden_gates, w_hh);
  EXPECT_TRUE(torch::allclose(total, state.grad(), 0, 1e-13));
  EXPECT_TRUE(torch::allclose(torch::mm(gradients.input_gates, w_ih), x.grad(), 0, 1e-13));
}

TEST(LstmCell, EqualsLibTorchsWithItsGradients) {
  const Cell cell(4, torch::kDouble);
  const torch::Tensor hidden = random_tensor({kRows, kWidth}, 4, torch::kDouble);
  const torch::Tensor w_ih = torch::eye(4 * kWidth, cell.state.options());
  const torch::Tensor w_hh = random_tensor({4 * kWidth, kWidth}, 6, torch::kDouble);
  torch::Tensor memory = cell.state.clone().requires_grad_(), x = cell.input_gates.clone().requires_grad_();
  const auto [expected_hidden, expected_cell] =
      at::lstm_cell(x, {hidden, memory}, w_ih, w_hh, torch::Tensor(), torch::Tensor());
  const torch::Tensor hidden_gates = torch::mm(hidden, w_hh.t());
  const LstmOutput found = lstm_cell(cell.input_gates, hidden_gates, cell.state);
  EXPECT_TRUE(torch::allclose(found.hidden, expected_hidden, 0, 1e-14));
  EXPECT_TRUE(torch::allclose(found.cell, expected_cell, 0, 1e-14));

  const LstmOutput upstream{random_tensor({kRows, kWidth}, 9, torch::kDouble),
                            random_tensor({kRows, kWidth}, 10, torch::kDouble)};
  torch::autograd::backward({expected_hidden, expected_cell}, {upstream.hidden, upstream.cell});
  const LstmGradients gradients = lstm_cell_backward(cell.input_gates, hidden_gates, cell.state, upstream);
  EXPECT_TRUE(torch::allclose(gradients.gates, x.grad(), 0, 1e-13));
  EXPECT_TRUE(torch::allclose(gradients.cell, memory.grad(), 0, 1e-13));
}

// The arithmetic in float; bf16 rounds inputs and outputs only.
TEST(RecurrentCells, InFloatAndBFloat16FollowDouble) {
  for (const auto& [type, tolerance] : {std::pair{torch::kFloat, 1e-6}, {torch::kBFloat16, 1e-2}}) {
    const Cell gru(3, torch::kDouble), lstm(4, torch::kDouble);
    const auto as = [t = type](const torch::Tensor& x) { return x.to(t); };
    const auto near = [&](const torch::Tensor& found, const torch::Tensor& expected, double limit) {
      return torch::allclose(found.to(torch::kDouble), expected, limit, limit);
    };
    EXPECT_TRUE(near(gru_cell(as(gru.input_gates), as(gru.hidden_gates), as(gru.state)),
                     gru_cell(gru.input_gates, gru.hidden_gates, gru.state), tolerance));
    EXPECT_TRUE(near(lstm_cell(as(lstm.input_gates), as(lstm.hidden_gates), as(lstm.state)).hidden,
                     lstm_cell(lstm.input_gates, lstm.hidden_gates, lstm.state).hidden, tolerance));
  }
}

TEST(RecurrentCells, LargeGatesSaturateWithoutOverflow) {
  const torch::Tensor huge = torch::full({1, 3 * kWidth}, 1e30, torch::kFloat), state = torch::ones({1, kWidth});
  EXPECT_TRUE(torch::equal(gru_cell(huge, huge, state), state));  // the update gate is 1
  EXPECT_TRUE(torch::isfinite(gru_cell(-huge, -huge, state)).all().item<bool>());
}

}  // namespace
}  // namespace heed

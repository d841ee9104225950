#include "nn/recurrent_cell.h"

#include <ATen/ops/cat.h>
#include <ATen/ops/zeros.h>
#include <ATen/ops/zeros_like.h>
#include <torch/csrc/autograd/custom_function.h>

#include "kernels/recurrent_cell.h"
#include "nn/recurrent_run.h"
#include "nn/saved_dropout.h"

namespace heed {
namespace {

using torch::autograd::AutogradContext;
using torch::autograd::variable_list;

struct GruFunction : torch::autograd::Function<GruFunction> {
  static torch::Tensor forward(AutogradContext* context, const torch::Tensor& input_gates,
                               const torch::Tensor& hidden_gates, const torch::Tensor& hidden) {
    context->save_for_backward({input_gates, hidden_gates, hidden});
    return gru_cell(input_gates, hidden_gates, hidden);
  }

  static variable_list backward(AutogradContext* context, const variable_list& gradients) {
    const auto saved = context->get_saved_variables();
    const GruGradients result = gru_cell_backward(saved[0], saved[1], saved[2], gradients[0].contiguous());
    return {result.input_gates, result.hidden_gates, result.hidden};
  }
};

struct LstmFunction : torch::autograd::Function<LstmFunction> {
  static variable_list forward(AutogradContext* context, const torch::Tensor& input_gates,
                               const torch::Tensor& hidden_gates, const torch::Tensor& cell) {
    context->save_for_backward({input_gates, hidden_gates, cell});
    const LstmOutput output = lstm_cell(input_gates, hidden_gates, cell);
    return {output.hidden, output.cell};
  }

  static variable_list backward(AutogradContext* context, const variable_list& gradients) {
    const auto saved = context->get_saved_variables();
    const LstmGradients result =
        lstm_cell_backward(saved[0], saved[1], saved[2], {gradients[0].contiguous(), gradients[1].contiguous()});
    return {result.gates, result.gates, result.cell};
  }
};

struct DropoutFunction : torch::autograd::Function<DropoutFunction> {
  static torch::Tensor forward(AutogradContext* context, const torch::Tensor& x, const Dropout& options) {
    save_dropout(context, options);
    return dropout_add(x, std::nullopt, options);
  }

  static variable_list backward(AutogradContext* context, const variable_list& gradients) {
    const Dropout options = saved_dropout(context);
    return {dropout_add(gradients[0].contiguous(), std::nullopt, options), torch::Tensor()};
  }
};

int64_t gates_of(CellType type) { return type == CellType::kGru ? 3 : 4; }

// torch.nn.GRU and torch.nn.LSTM draw everything alike, whatever the width of what a map reads.
Linear into_gates(CellType type, int64_t in, int64_t hidden_size) {
  const int64_t out = gates_of(type) * hidden_size;
  return Linear(in, out, InitialValues::recurrent_weight(in, out, hidden_size),
                InitialValues::recurrent_bias(hidden_size));
}

}  // namespace

torch::Tensor dropout(const torch::Tensor& x, const Dropout& options) {
  return options.rate > 0 ? DropoutFunction::apply(x.contiguous(), options) : x;
}

CellState CellState::first(int64_t rows) const {
  if (rows == hidden.size(0)) return *this;
  return {hidden.narrow(0, 0, rows), cell.defined() ? cell.narrow(0, 0, rows) : cell};
}

RecurrentCellImpl::RecurrentCellImpl(CellType type, int64_t input_size, int64_t hidden_size)
    : input(register_module("input", into_gates(type, input_size, hidden_size))),
      hidden(register_module("hidden", into_gates(type, hidden_size, hidden_size))),
      type_(type),
      hidden_size_(hidden_size) {}

CellState RecurrentCellImpl::start(const torch::Tensor& state) const {
  return {state, type_ == CellType::kLstm ? at::zeros_like(state) : torch::Tensor()};
}

CellState RecurrentCellImpl::step(const torch::Tensor& input_gates, const CellState& before, const Dropout& mask) {
  const torch::Tensor hidden_gates = hidden(dropout(before.hidden, mask));
  if (type_ == CellType::kGru) return {GruFunction::apply(input_gates, hidden_gates, before.hidden), {}};
  const variable_list after = LstmFunction::apply(input_gates, hidden_gates, before.cell);
  return {after[0], after[1]};
}

torch::Tensor RecurrentCellImpl::run(const torch::Tensor& input_gates, const std::vector<int64_t>& counts,
                                     const Dropout& mask) {
  if (torch::GradMode::is_enabled()) return run_cell(type_, input_gates, hidden, counts, mask);
  CellState state = start(at::zeros({counts.front(), hidden_size_}, input_gates.options()));
  std::vector<torch::Tensor> states;
  int64_t first = 0;
  for (const int64_t rows : counts) {
    state = step(input_gates.narrow(0, first, rows), state.first(rows), mask);
    states.push_back(state.hidden);
    first += rows;
  }
  return at::cat(states);
}

}  // namespace heed

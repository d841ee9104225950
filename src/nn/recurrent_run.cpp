#include "nn/recurrent_run.h"

#include <ATen/TensorOperators.h>
#include <ATen/ops/cat.h>
#include <ATen/ops/zeros.h>
#include <torch/csrc/autograd/custom_function.h>

#include "kernels/column_sums.h"
#include "kernels/packed_weight.h"
#include "kernels/recurrent_cell.h"
#include "kernels/weight_gradient.h"
#include "nn/gradient.h"
#include "nn/weight_copies.h"

namespace heed {
namespace {

using torch::autograd::AutogradContext;
using torch::autograd::variable_list;

// What a run needs besides what autograd knows, and what its backward pass reads again. A list has one entry a step.
struct Run : torch::CustomClassHolder {
  CellType type = CellType::kGru;
  std::vector<int64_t> counts;
  Dropout dropout;
  torch::Tensor weight, bias, matrix;  // parameters, and the weight as products with states take it
  variable_list input_gates, hidden_gates, hidden_before, cells_before;
};

torch::Tensor masked(const torch::Tensor& state, const Dropout& dropout) {
  return dropout.rate > 0 ? dropout_add(state, std::nullopt, dropout) : state;
}

variable_list run_forward(Run& run, const torch::Tensor& input_gates) {
  const int64_t width = run.matrix.size(1);
  const torch::ScalarType type = input_gates.scalar_type();
  const PackedWeight weight(run.matrix, type);
  const torch::Tensor bias = for_products(run.bias, type);
  torch::Tensor hidden = at::zeros({run.counts.front(), width}, input_gates.options()), cell = hidden;
  run.input_gates = input_gates.split_with_sizes(run.counts);
  variable_list states;
  for (size_t t = 0; t < run.counts.size(); ++t) {
    const torch::Tensor before = hidden.narrow(0, 0, run.counts[t]), cell_before = cell.narrow(0, 0, run.counts[t]);
    const torch::Tensor gates = linear_product(masked(before, run.dropout), weight, bias);
    if (run.type == CellType::kGru) {
      hidden = gru_cell(run.input_gates[t], gates, before);
    } else {
      const LstmOutput output = lstm_cell(run.input_gates[t], gates, cell_before);
      hidden = output.hidden;
      cell = output.cell;
    }
    run.hidden_gates.push_back(gates);
    run.hidden_before.push_back(before);
    run.cells_before.push_back(cell_before);
    states.push_back(hidden);
  }
  return states;
}

// Gradients of one step, and what the step before it gets: (R, H) each, R the rows of this one.
struct StepGradients {
  torch::Tensor input_gates, hidden_gates, hidden;
};

// `cell_gradient` (counts[0], H) holds that of the cells after the step and gets that of the cells before it.
StepGradients step_backward(const Run& run, size_t t, const torch::Tensor& dy, const torch::Tensor& cell_gradient) {
  if (run.type == CellType::kGru) {
    const GruGradients g = gru_cell_backward(run.input_gates[t], run.hidden_gates[t], run.hidden_before[t], dy);
    return {g.input_gates, g.hidden_gates, g.hidden};
  }
  const torch::Tensor of_cells = cell_gradient.narrow(0, 0, run.counts[t]);
  const LstmGradients g =
      lstm_cell_backward(run.input_gates[t], run.hidden_gates[t], run.cells_before[t], {dy, of_cells});
  of_cells.copy_(g.cell);
  return {g.gates, g.gates, {}};
}

torch::Tensor run_backward(const Run& run, const torch::Tensor& output_gradient) {
  const size_t steps = run.counts.size();
  const auto of_steps = output_gradient.clone().split_with_sizes(run.counts);
  torch::Tensor cell_gradient;
  if (run.type == CellType::kLstm)
    cell_gradient = at::zeros({run.counts.front(), run.matrix.size(1)}, output_gradient.options());
  const PackedWeight transposed(run.matrix.t(), output_gradient.scalar_type());
  variable_list inputs(steps), gates(steps), states;
  for (size_t t = steps; t-- > 0;) {
    const StepGradients g = step_backward(run, t, of_steps[t], cell_gradient);
    inputs[t] = g.input_gates;
    gates[t] = g.hidden_gates;
    if (t == 0) break;  // nobody asks for the gradient of zeros
    const std::optional<torch::Tensor> direct = g.hidden.defined() ? std::optional(g.hidden) : std::nullopt;
    const torch::Tensor through_gates = linear_product(g.hidden_gates, transposed, {});
    of_steps[t - 1].narrow(0, 0, run.counts[t]).add_(dropout_add(through_gates, direct, run.dropout));
  }
  const torch::Tensor all_gates = at::cat(gates);
  for (size_t t = 1; t < steps; ++t) states.push_back(masked(run.hidden_before[t], run.dropout));
  if (!states.empty()) {
    const int64_t first = run.counts.front();
    add_weight_gradient(all_gates.narrow(0, first, all_gates.size(0) - first), at::cat(states),
                        gradient_of(run.weight));
  }
  add_column_sums(all_gates, gradient_of(run.bias));
  return run.type == CellType::kGru ? at::cat(inputs) : all_gates;
}

struct RunFunction : torch::autograd::Function<RunFunction> {
  static torch::Tensor forward(AutogradContext* context, const torch::Tensor& input_gates,
                               const c10::intrusive_ptr<Run>& run) {
    context->saved_data["run"] = torch::IValue::make_capsule(run);
    return at::cat(run_forward(*run, input_gates));
  }

  static variable_list backward(AutogradContext* context, const variable_list& gradients) {
    const auto run = c10::static_intrusive_pointer_cast<Run>(context->saved_data["run"].toCapsule());
    return {run_backward(*run, gradients[0]), torch::Tensor()};
  }
};

}  // namespace

torch::Tensor run_cell(CellType type, const torch::Tensor& input_gates, const Linear& hidden,
                       const std::vector<int64_t>& counts, const Dropout& dropout) {
  auto run = c10::make_intrusive<Run>();
  run->type = type;
  run->counts = counts;
  run->dropout = dropout;
  run->weight = hidden->weight;
  run->bias = hidden->bias;
  run->matrix = for_products(hidden->weight, input_gates.scalar_type());
  return RunFunction::apply(input_gates, run);
}

}  // namespace heed

#include "kernels/recurrent_cell.h"

#include <ATen/TensorOperators.h>
#include <ATen/ops/cat.h>
#include <ATen/ops/empty_like.h>
#include <ATen/ops/sigmoid.h>
#include <ATen/ops/tanh.h>

#include "kernels/dispatch.h"

namespace heed {
namespace {

constexpr int64_t kGrain = 16;  // rows a thread takes at least

struct ComposedGru {
  ComposedGru(const at::Tensor& input_gates, const at::Tensor& hidden_gates) {
    const auto x = input_gates.chunk(3, 1), h = hidden_gates.chunk(3, 1);
    reset = at::sigmoid(x[0] + h[0]);
    update = at::sigmoid(x[1] + h[1]);
    hidden_new = h[2];
    fresh = at::tanh(x[2] + reset * hidden_new);
  }
  at::Tensor reset, update, hidden_new, fresh;
};

GruGradients composed_gru_backward(const at::Tensor& input_gates, const at::Tensor& hidden_gates,
                                   const at::Tensor& hidden, const at::Tensor& dy) {
  const ComposedGru g(input_gates, hidden_gates);
  const at::Tensor fresh = dy * (1 - g.update) * (1 - g.fresh * g.fresh);
  const at::Tensor update = dy * (hidden - g.fresh) * g.update * (1 - g.update);
  const at::Tensor reset = fresh * g.hidden_new * g.reset * (1 - g.reset);
  return {at::cat({reset, update, fresh}, 1), at::cat({reset, update, fresh * g.reset}, 1), dy * g.update};
}

struct ComposedLstm {
  ComposedLstm(const at::Tensor& input_gates, const at::Tensor& hidden_gates, const at::Tensor& before) {
    const auto gates = (input_gates + hidden_gates).chunk(4, 1);
    input = at::sigmoid(gates[0]);
    forget = at::sigmoid(gates[1]);
    fresh = at::tanh(gates[2]);
    output = at::sigmoid(gates[3]);
    after = forget * before + input * fresh;
  }
  at::Tensor input, forget, fresh, output, after;
};

LstmGradients composed_lstm_backward(const at::Tensor& input_gates, const at::Tensor& hidden_gates,
                                     const at::Tensor& cell, const LstmOutput& gradients) {
  const ComposedLstm g(input_gates, hidden_gates, cell);
  const at::Tensor squashed = at::tanh(g.after), &dy = gradients.hidden;
  const at::Tensor dc = gradients.cell + dy * g.output * (1 - squashed * squashed);
  return {at::cat({dc * g.fresh * g.input * (1 - g.input), dc * cell * g.forget * (1 - g.forget),
                   dc * g.input * (1 - g.fresh * g.fresh), dy * squashed * g.output * (1 - g.output)},
                  1),
          dc * g.forget};
}

template <class T>
GruPlan<T> gru_plan(const at::Tensor& input_gates, const at::Tensor& hidden_gates, const at::Tensor& hidden) {
  GruPlan<T> plan{};
  plan.input_gates = pointer<const T>(input_gates);
  plan.hidden_gates = pointer<const T>(hidden_gates);
  plan.hidden = pointer<const T>(hidden);
  plan.width = hidden.size(1);
  return plan;
}

template <class T>
LstmPlan<T> lstm_plan(const at::Tensor& input_gates, const at::Tensor& hidden_gates, const at::Tensor& cell) {
  LstmPlan<T> plan{};
  plan.input_gates = pointer<const T>(input_gates);
  plan.hidden_gates = pointer<const T>(hidden_gates);
  plan.cell = pointer<const T>(cell);
  plan.width = cell.size(1);
  return plan;
}

}  // namespace

at::Tensor gru_cell(const at::Tensor& input_gates, const at::Tensor& hidden_gates, const at::Tensor& hidden) {
  if (!hidden.is_cpu()) {
    const ComposedGru g(input_gates, hidden_gates);
    return g.fresh + g.update * (hidden - g.fresh);
  }
  at::Tensor output = at::empty_like(hidden, at::MemoryFormat::Contiguous);
  dispatch(hidden, [&]<class T>(T) {
    auto plan = gru_plan<T>(input_gates, hidden_gates, hidden);
    plan.output = pointer<T>(output);
    run(cpu_kernels<T>().gru_forward, plan, hidden.size(0), kGrain);
  });
  return output;
}

GruGradients gru_cell_backward(const at::Tensor& input_gates, const at::Tensor& hidden_gates, const at::Tensor& hidden,
                               const at::Tensor& output_gradient) {
  if (!hidden.is_cpu()) return composed_gru_backward(input_gates, hidden_gates, hidden, output_gradient);
  GruGradients gradients{at::empty_like(input_gates), at::empty_like(hidden_gates), at::empty_like(hidden)};
  dispatch(hidden, [&]<class T>(T) {
    auto plan = gru_plan<T>(input_gates, hidden_gates, hidden);
    plan.output_gradient = pointer<const T>(output_gradient);
    plan.input_gradient = pointer<T>(gradients.input_gates);
    plan.hidden_gates_gradient = pointer<T>(gradients.hidden_gates);
    plan.hidden_gradient = pointer<T>(gradients.hidden);
    run(cpu_kernels<T>().gru_backward, plan, hidden.size(0), kGrain);
  });
  return gradients;
}

LstmOutput lstm_cell(const at::Tensor& input_gates, const at::Tensor& hidden_gates, const at::Tensor& cell) {
  if (!cell.is_cpu()) {
    const ComposedLstm g(input_gates, hidden_gates, cell);
    return {g.output * at::tanh(g.after), g.after};
  }
  LstmOutput output{at::empty_like(cell), at::empty_like(cell)};
  dispatch(cell, [&]<class T>(T) {
    auto plan = lstm_plan<T>(input_gates, hidden_gates, cell);
    plan.output = pointer<T>(output.hidden);
    plan.cell_output = pointer<T>(output.cell);
    run(cpu_kernels<T>().lstm_forward, plan, cell.size(0), kGrain);
  });
  return output;
}

LstmGradients lstm_cell_backward(const at::Tensor& input_gates, const at::Tensor& hidden_gates, const at::Tensor& cell,
                                 const LstmOutput& output_gradients) {
  if (!cell.is_cpu()) return composed_lstm_backward(input_gates, hidden_gates, cell, output_gradients);
  LstmGradients gradients{at::empty_like(input_gates), at::empty_like(cell)};
  dispatch(cell, [&]<class T>(T) {
    auto plan = lstm_plan<T>(input_gates, hidden_gates, cell);
    plan.output_gradient = pointer<const T>(output_gradients.hidden);
    plan.cell_output_gradient = pointer<const T>(output_gradients.cell);
    plan.gates_gradient = pointer<T>(gradients.gates);
    plan.cell_gradient = pointer<T>(gradients.cell);
    run(cpu_kernels<T>().lstm_backward, plan, cell.size(0), kGrain);
  });
  return gradients;
}

}  // namespace heed

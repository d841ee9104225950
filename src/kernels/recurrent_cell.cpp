#include "kernels/recurrent_cell.h"

#include <ATen/ops/empty_like.h>

#include "kernels/cpu/cpu_kernels.h"
#include "kernels/cuda/cuda_kernels.h"
#include "kernels/dispatch.h"

namespace heed {
namespace {

constexpr int64_t kGrain = 16;  // rows a thread takes at least

template <class T>
GruPlan<T> gru_plan(const at::Tensor& input_gates, const at::Tensor& hidden_gates, const at::Tensor& hidden) {
  GruPlan<T> plan{};
  plan.input_gates = pointer<const T>(input_gates);
  plan.hidden_gates = pointer<const T>(hidden_gates);
  plan.hidden = pointer<const T>(hidden);
  plan.rows = hidden.size(0);
  plan.width = hidden.size(1);
  return plan;
}

template <class T>
LstmPlan<T> lstm_plan(const at::Tensor& input_gates, const at::Tensor& hidden_gates, const at::Tensor& cell) {
  LstmPlan<T> plan{};
  plan.input_gates = pointer<const T>(input_gates);
  plan.hidden_gates = pointer<const T>(hidden_gates);
  plan.cell = pointer<const T>(cell);
  plan.rows = cell.size(0);
  plan.width = cell.size(1);
  return plan;
}

}  // namespace

at::Tensor gru_cell(const at::Tensor& input_gates, const at::Tensor& hidden_gates, const at::Tensor& hidden) {
  at::Tensor output = at::empty_like(hidden, at::MemoryFormat::Contiguous);
  dispatch_type(hidden, [&]<class T>(T) {
    auto plan = gru_plan<T>(input_gates, hidden_gates, hidden);
    plan.output = pointer<T>(output);
    if constexpr (kWithCuda)
      if (hidden.is_cuda()) return cuda::gru_forward(plan, hidden.device());
    run(cpu_kernels<T>().gru_forward, plan, plan.rows, kGrain);
  });
  return output;
}

GruGradients gru_cell_backward(const at::Tensor& input_gates, const at::Tensor& hidden_gates, const at::Tensor& hidden,
                               const at::Tensor& output_gradient) {
  GruGradients gradients{at::empty_like(input_gates), at::empty_like(hidden_gates), at::empty_like(hidden)};
  dispatch_type(hidden, [&]<class T>(T) {
    auto plan = gru_plan<T>(input_gates, hidden_gates, hidden);
    plan.output_gradient = pointer<const T>(output_gradient);
    plan.input_gradient = pointer<T>(gradients.input_gates);
    plan.hidden_gates_gradient = pointer<T>(gradients.hidden_gates);
    plan.hidden_gradient = pointer<T>(gradients.hidden);
    if constexpr (kWithCuda)
      if (hidden.is_cuda()) return cuda::gru_backward(plan, hidden.device());
    run(cpu_kernels<T>().gru_backward, plan, plan.rows, kGrain);
  });
  return gradients;
}

LstmOutput lstm_cell(const at::Tensor& input_gates, const at::Tensor& hidden_gates, const at::Tensor& cell) {
  LstmOutput output{at::empty_like(cell), at::empty_like(cell)};
  dispatch_type(cell, [&]<class T>(T) {
    auto plan = lstm_plan<T>(input_gates, hidden_gates, cell);
    plan.output = pointer<T>(output.hidden);
    plan.cell_output = pointer<T>(output.cell);
    if constexpr (kWithCuda)
      if (cell.is_cuda()) return cuda::lstm_forward(plan, cell.device());
    run(cpu_kernels<T>().lstm_forward, plan, plan.rows, kGrain);
  });
  return output;
}

LstmGradients lstm_cell_backward(const at::Tensor& input_gates, const at::Tensor& hidden_gates, const at::Tensor& cell,
                                 const LstmOutput& output_gradients) {
  LstmGradients gradients{at::empty_like(input_gates), at::empty_like(cell)};
  dispatch_type(cell, [&]<class T>(T) {
    auto plan = lstm_plan<T>(input_gates, hidden_gates, cell);
    plan.output_gradient = pointer<const T>(output_gradients.hidden);
    plan.cell_output_gradient = pointer<const T>(output_gradients.cell);
    plan.gates_gradient = pointer<T>(gradients.gates);
    plan.cell_gradient = pointer<T>(gradients.cell);
    if constexpr (kWithCuda)
      if (cell.is_cuda()) return cuda::lstm_backward(plan, cell.device());
    run(cpu_kernels<T>().lstm_backward, plan, plan.rows, kGrain);
  });
  return gradients;
}

}  // namespace heed

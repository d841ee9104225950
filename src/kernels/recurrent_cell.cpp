#include "kernels/recurrent_cell.h"

#include <ATen/ops/empty_like.h>

#include "kernels/cpu/cpu_kernels.h"
#include "kernels/cuda/cuda_kernels.h"
#include "kernels/dispatch.h"

namespace heed {
namespace {

constexpr int64_t kGrain = 16;  // rows a thread takes at least

// The kernel over all rows of `like`, on the CPU.
template <class Plan>
void run_rows(Kernel<Plan> kernel, const Plan& plan, const at::Tensor& like) {
  require_cpu(like);
  run(kernel, plan, like.size(0), kGrain);
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
  at::Tensor output = at::empty_like(hidden, at::MemoryFormat::Contiguous);
  dispatch_type(hidden, [&]<class T>(T) {
    auto plan = gru_plan<T>(input_gates, hidden_gates, hidden);
    plan.output = pointer<T>(output);
    if constexpr (kWithCuda)
      if (hidden.is_cuda()) return cuda::gru_forward(plan, hidden);
    run_rows(cpu_kernels<T>().gru_forward, plan, hidden);
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
      if (hidden.is_cuda()) return cuda::gru_backward(plan, hidden);
    run_rows(cpu_kernels<T>().gru_backward, plan, hidden);
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
      if (cell.is_cuda()) return cuda::lstm_forward(plan, cell);
    run_rows(cpu_kernels<T>().lstm_forward, plan, cell);
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
      if (cell.is_cuda()) return cuda::lstm_backward(plan, cell);
    run_rows(cpu_kernels<T>().lstm_backward, plan, cell);
  });
  return gradients;
}

}  // namespace heed

#include "nn/attention/row_attention.h"

#include <ATen/ops/zeros.h>
#include <torch/csrc/autograd/custom_function.h>

#include "nn/gradient.h"
#include "nn/weight_copies.h"

namespace heed {

// Undefined until the first step of a backward pass.
struct AttendedMemory::Gradients {
  torch::Tensor keys, values;
};

namespace {

using torch::autograd::AutogradContext;
using torch::autograd::variable_list;

// What the custom functions carry besides the tensors whose gradients autograd hands on.
struct Call : torch::CustomClassHolder {
  explicit Call(std::shared_ptr<AttendedMemory::Gradients> shared) : sums(std::move(shared)) {}
  std::shared_ptr<AttendedMemory::Gradients> sums;
  Segments reach;
  torch::Tensor score_vector;  // a parameter, or undefined

  RowAttentionInput input(const torch::Tensor& query, const torch::Tensor& keys, const torch::Tensor& values) const {
    return {query, keys, values, reach,
            score_vector.defined() ? in_type(score_vector, query.scalar_type()) : score_vector};
  }
};

c10::intrusive_ptr<Call> saved_call(AutogradContext* context) {
  return c10::static_intrusive_pointer_cast<Call>(context->saved_data["call"].toCapsule());
}

// Keys and values as they are; backward, which comes after that of all steps, hands on what they have summed.
struct CollectFunction : torch::autograd::Function<CollectFunction> {
  static variable_list forward(AutogradContext* context, const torch::Tensor& keys, const torch::Tensor& values,
                               const c10::intrusive_ptr<Call>& call) {
    context->saved_data["call"] = torch::IValue::make_capsule(call);
    context->saved_data["type"] = static_cast<int64_t>(keys.scalar_type());
    context->set_materialize_grads(false);
    return {keys.clone(), values.clone()};  // a function may not return its argument
  }

  static variable_list backward(AutogradContext* context, const variable_list&) {
    const AttendedMemory::Gradients& sums = *saved_call(context)->sums;
    const auto type = static_cast<torch::ScalarType>(context->saved_data["type"].toInt());
    if (!sums.keys.defined()) return variable_list(3);
    return {sums.keys.to(type), sums.values.to(type), torch::Tensor()};
  }
};

struct RowAttentionFunction : torch::autograd::Function<RowAttentionFunction> {
  static variable_list forward(AutogradContext* context, const torch::Tensor& query, const torch::Tensor& keys,
                               const torch::Tensor& values, const c10::intrusive_ptr<Call>& call) {
    const RowAttention result = row_attention(call->input(query, keys, values));
    context->save_for_backward({query, keys, values, result.weights});
    context->saved_data["call"] = torch::IValue::make_capsule(call);
    context->mark_non_differentiable({result.weights});
    return {result.output, result.weights};
  }

  static variable_list backward(AutogradContext* context, const variable_list& gradients) {
    const auto saved = context->get_saved_variables();
    const torch::Tensor &query = saved[0], &keys = saved[1], &values = saved[2], &weights = saved[3];
    const auto call = saved_call(context);
    AttendedMemory::Gradients& sums = *call->sums;
    if (!sums.keys.defined()) {
      sums.keys = at::zeros(keys.sizes(), weights.options());
      sums.values = at::zeros(values.sizes(), weights.options());
    }
    RowAttentionGradients result{{}, sums.keys, sums.values, {}};
    if (call->score_vector.defined()) result.score_vector = gradient_of(call->score_vector);
    row_attention_backward(call->input(query, keys, values), weights, gradients[0].contiguous(), result);
    return {result.query, {}, {}, {}};
  }
};

}  // namespace

AttendedMemory::AttendedMemory(const torch::Tensor& keys, const torch::Tensor& values)
    : rows_{keys, values, {}}, gradients_(std::make_shared<Gradients>()) {
  if (!torch::GradMode::is_enabled()) return;
  const variable_list collected = CollectFunction::apply(keys, values, c10::make_intrusive<Call>(gradients_));
  rows_.keys = collected[0];
  rows_.values = collected[1];
}

AttendedMemory AttendedMemory::whole(const Rows& rows) {
  AttendedMemory memory;
  memory.rows_ = rows;
  return memory;
}

RowAttention AttendedMemory::attend(const torch::Tensor& query, const Segments& reach,
                                    const torch::Tensor& score_vector) const {
  const auto call = c10::make_intrusive<Call>(gradients_);
  call->reach = reach;
  call->score_vector = score_vector;
  const variable_list result = RowAttentionFunction::apply(query, rows_.keys, rows_.values, call);
  return {result[0], result[1]};
}

}  // namespace heed

#include "nn/attention/row_attention.h"

#include <ATen/ops/zeros.h>
#include <torch/csrc/autograd/custom_function.h>

#include "nn/gradient.h"

namespace heed {

// Undefined until the first step of a backward pass.
struct AttendedMemory::Gradients {
  torch::Tensor keys, values;
};

namespace {

using torch::autograd::AutogradContext;
using torch::autograd::variable_list;

struct GradientHolder : torch::CustomClassHolder {
  std::shared_ptr<AttendedMemory::Gradients> gradients;
  Segments reach;
};

c10::intrusive_ptr<GradientHolder> holder(std::shared_ptr<AttendedMemory::Gradients> gradients, Segments reach = {}) {
  auto made = c10::make_intrusive<GradientHolder>();
  made->gradients = std::move(gradients);
  made->reach = std::move(reach);
  return made;
}

// Keys and values as they are; backward, which comes after that of all steps, hands on what they have summed.
struct CollectFunction : torch::autograd::Function<CollectFunction> {
  static variable_list forward(AutogradContext* context, const torch::Tensor& keys, const torch::Tensor& values,
                               const c10::intrusive_ptr<GradientHolder>& sums) {
    context->saved_data["sums"] = torch::IValue::make_capsule(sums);
    context->saved_data["type"] = static_cast<int64_t>(keys.scalar_type());
    context->set_materialize_grads(false);
    return {keys.clone(), values.clone()};  // a function may not return its argument
  }

  static variable_list backward(AutogradContext* context, const variable_list&) {
    const auto sums = c10::static_intrusive_pointer_cast<GradientHolder>(context->saved_data["sums"].toCapsule());
    const auto type = static_cast<torch::ScalarType>(context->saved_data["type"].toInt());
    AttendedMemory::Gradients& gradients = *sums->gradients;
    if (!gradients.keys.defined()) return variable_list(3);
    return {gradients.keys.to(type), gradients.values.to(type), torch::Tensor()};
  }
};

struct RowAttentionFunction : torch::autograd::Function<RowAttentionFunction> {
  static variable_list forward(AutogradContext* context, const torch::Tensor& query, const torch::Tensor& keys,
                               const torch::Tensor& values, const std::optional<torch::Tensor>& maybe_score_vector,
                               const c10::intrusive_ptr<GradientHolder>& call) {
    const torch::Tensor score_vector = maybe_score_vector.value_or(torch::Tensor());
    const torch::Tensor scores = score_vector.defined() ? score_vector.to(query.scalar_type()) : score_vector;
    const RowAttention result = row_attention(query, keys, values, call->reach, scores);
    context->save_for_backward({query, keys, values, score_vector, result.weights});
    context->saved_data["call"] = torch::IValue::make_capsule(call);
    context->mark_non_differentiable({result.weights});
    return {result.output, result.weights};
  }

  static variable_list backward(AutogradContext* context, const variable_list& gradients) {
    const auto saved = context->get_saved_variables();
    const torch::Tensor &query = saved[0], &keys = saved[1], &values = saved[2], &score_vector = saved[3];
    const auto call = c10::static_intrusive_pointer_cast<GradientHolder>(context->saved_data["call"].toCapsule());
    AttendedMemory::Gradients& sums = *call->gradients;
    if (!sums.keys.defined()) {
      sums.keys = at::zeros(keys.sizes(), saved[4].options());
      sums.values = at::zeros(values.sizes(), saved[4].options());
    }
    const torch::Tensor scores = score_vector.defined() ? score_vector.to(query.scalar_type()) : score_vector;
    RowAttentionGradients result{{}, sums.keys, sums.values, {}};
    if (score_vector.defined()) result.score_vector = gradient_of(score_vector);
    row_attention_backward(query, keys, values, call->reach, scores, saved[4], gradients[0].contiguous(), result);
    return {result.query.to(query.scalar_type()), {}, {}, {}, {}};
  }
};

}  // namespace

AttendedMemory::AttendedMemory(const torch::Tensor& keys, const torch::Tensor& values)
    : keys_(keys), values_(values), gradients_(std::make_shared<Gradients>()) {
  if (!torch::GradMode::is_enabled() || !keys.is_cpu()) return;
  const variable_list collected = CollectFunction::apply(keys, values, holder(gradients_));
  keys_ = collected[0];
  values_ = collected[1];
}

RowAttention AttendedMemory::attend(const torch::Tensor& query, const Segments& reach,
                                    const torch::Tensor& score_vector) const {
  if (!query.is_cpu()) {
    const torch::Tensor scores = score_vector.defined() ? score_vector.to(query.scalar_type()) : score_vector;
    return row_attention_composed(query, keys_, values_, reach, scores);
  }
  const auto scores = score_vector.defined() ? std::optional(score_vector) : std::nullopt;
  const variable_list result = RowAttentionFunction::apply(query, keys_, values_, scores, holder(gradients_, reach));
  return {result[0], result[1]};
}

}  // namespace heed

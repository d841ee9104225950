#include "nn/attention/attend.h"

#include <torch/csrc/autograd/custom_function.h>

#include "kernels/attention.h"
#include "nn/attention/reference.h"
#include "nn/columns.h"

namespace heed {
namespace {

using torch::autograd::AutogradContext;
using torch::autograd::variable_list;

// What the custom function carries besides the rows. The biases in it are arguments too: autograd must see them.
struct AttentionCall : torch::CustomClassHolder {
  explicit AttentionCall(AttentionProblem given) : problem(std::move(given)) {}
  AttentionProblem problem;
};

struct AttendFunction : torch::autograd::Function<AttendFunction> {
  static torch::Tensor forward(AutogradContext* context, const torch::Tensor& query, const torch::Tensor& key,
                               const torch::Tensor& value, const std::optional<torch::Tensor>& /*key_bias*/,
                               const std::optional<torch::Tensor>& /*distance_bias*/,
                               const c10::intrusive_ptr<AttentionCall>& call) {
    context->save_for_backward({query, key, value});
    context->saved_data["call"] = torch::IValue::make_capsule(call);
    return packed_attention({query, key, value}, call->problem);
  }

  static variable_list backward(AutogradContext* context, const variable_list& gradients) {
    const auto saved = context->get_saved_variables();
    const auto call = c10::static_intrusive_pointer_cast<AttentionCall>(context->saved_data["call"].toCapsule());
    const std::vector<torch::Tensor> rows = empty_beside({saved[0], saved[1], saved[2]});
    if (call->problem.keys.num_rows() < rows[1].size(0))  // rows of no sentence, of which the kernel knows nothing
      for (const size_t part : {1, 2}) rows[part].zero_();
    const BiasGradients biases =
        packed_attention_backward({saved[0], saved[1], saved[2]}, call->problem, gradients[0].contiguous(),
                                  {rows[0], rows[1], rows[2]}, call->problem.distance_bias.requires_grad());
    return {rows[0], rows[1], rows[2], biases.key, biases.distance, torch::Tensor()};
  }
};

}  // namespace

torch::Tensor attend(const QueryKeyValue& x, const AttentionProblem& problem) {
  if (!problem.is_fused()) return reference_attention(x, problem).output;
  if (!torch::GradMode::is_enabled()) return packed_attention(x, problem);
  const auto if_any = [](const torch::Tensor& bias) { return bias.defined() ? std::optional(bias) : std::nullopt; };
  return AttendFunction::apply(x.query, x.key, x.value, if_any(problem.key_bias), if_any(problem.distance_bias),
                               c10::make_intrusive<AttentionCall>(problem));
}

}  // namespace heed

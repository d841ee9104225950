#include "nn/attention/attention.h"

#include <ATen/ops/empty_like.h>
#include <torch/csrc/autograd/custom_function.h>

namespace heed {
namespace {

// What the custom functions carry besides tensors.
struct AttentionCall : torch::CustomClassHolder {
  explicit AttentionCall(PackedAttention given) : options(std::move(given)) {}
  PackedAttention options;
};

QueryKeyValue split_query_key_value(const torch::Tensor& matrix) {
  const int64_t width = matrix.size(1) / 3;
  return {matrix.narrow(1, 0, width), matrix.narrow(1, width, width), matrix.narrow(1, 2 * width, width)};
}

QueryKeyValue split_key_value(const torch::Tensor& query, const torch::Tensor& matrix) {
  const int64_t width = matrix.size(1) / 2;
  return {query, matrix.narrow(1, 0, width), matrix.narrow(1, width, width)};
}

struct SelfAttentionFunction : torch::autograd::Function<SelfAttentionFunction> {
  static torch::Tensor forward(torch::autograd::AutogradContext* context, const torch::Tensor& query_key_value,
                               const c10::intrusive_ptr<AttentionCall>& call) {
    context->save_for_backward({query_key_value});
    context->saved_data["call"] = torch::IValue::make_capsule(call);
    return packed_attention(split_query_key_value(query_key_value), call->options);
  }

  static torch::autograd::variable_list backward(torch::autograd::AutogradContext* context,
                                                 const torch::autograd::variable_list& gradients) {
    const torch::Tensor x = context->get_saved_variables()[0];
    const auto call = c10::static_intrusive_pointer_cast<AttentionCall>(context->saved_data["call"].toCapsule());
    const torch::Tensor dx = at::empty_like(x);
    packed_attention_backward(split_query_key_value(x), call->options, gradients[0].contiguous(),
                              split_query_key_value(dx));
    return {dx, torch::Tensor()};
  }
};

struct CrossAttentionFunction : torch::autograd::Function<CrossAttentionFunction> {
  static torch::Tensor forward(torch::autograd::AutogradContext* context, const torch::Tensor& query,
                               const torch::Tensor& key_value, const c10::intrusive_ptr<AttentionCall>& call) {
    context->save_for_backward({query, key_value});
    context->saved_data["call"] = torch::IValue::make_capsule(call);
    return packed_attention(split_key_value(query, key_value), call->options);
  }

  static torch::autograd::variable_list backward(torch::autograd::AutogradContext* context,
                                                 const torch::autograd::variable_list& gradients) {
    const auto saved = context->get_saved_variables();
    const auto call = c10::static_intrusive_pointer_cast<AttentionCall>(context->saved_data["call"].toCapsule());
    const torch::Tensor query_gradient = at::empty_like(saved[0]), key_value_gradient = at::empty_like(saved[1]);
    packed_attention_backward(split_key_value(saved[0], saved[1]), call->options, gradients[0].contiguous(),
                              split_key_value(query_gradient, key_value_gradient));
    return {query_gradient, key_value_gradient, torch::Tensor()};
  }
};

}  // namespace

torch::Tensor self_attention(const torch::Tensor& query_key_value, const PackedAttention& options) {
  return SelfAttentionFunction::apply(query_key_value, c10::make_intrusive<AttentionCall>(options));
}

torch::Tensor cross_attention(const torch::Tensor& query, const torch::Tensor& key_value,
                              const PackedAttention& options) {
  return CrossAttentionFunction::apply(query, key_value, c10::make_intrusive<AttentionCall>(options));
}

}  // namespace heed

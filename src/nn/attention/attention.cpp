#include "nn/attention/attention.h"

#include <ATen/ops/empty_like.h>
#include <torch/csrc/autograd/custom_function.h>

namespace heed {
namespace {

// What the custom functions carry besides tensors.
struct AttentionCall : torch::CustomClassHolder {
  AttentionCall(Segments queries, Segments keys, PackedAttention opts)
      : query_segments(std::move(queries)), key_segments(std::move(keys)), options(std::move(opts)) {}
  Segments query_segments, key_segments;
  PackedAttention options;
};

struct Parts {
  torch::Tensor query, key, value;
};

Parts split_query_key_value(const torch::Tensor& matrix) {
  const int64_t width = matrix.size(1) / 3;
  return {matrix.narrow(1, 0, width), matrix.narrow(1, width, width), matrix.narrow(1, 2 * width, width)};
}

Parts split_key_value(const torch::Tensor& query, const torch::Tensor& matrix) {
  const int64_t width = matrix.size(1) / 2;
  return {query, matrix.narrow(1, 0, width), matrix.narrow(1, width, width)};
}

torch::Tensor forward_of(const Parts& x, const AttentionCall& call) {
  return packed_attention(x.query, x.key, x.value, call.query_segments, call.key_segments, call.options);
}

void backward_of(const Parts& x, const AttentionCall& call, const torch::Tensor& gradient, const Parts& gradients) {
  packed_attention_backward(x.query, x.key, x.value, call.query_segments, call.key_segments, call.options,
                            gradient.contiguous(), {gradients.query, gradients.key, gradients.value});
}

struct SelfAttentionFunction : torch::autograd::Function<SelfAttentionFunction> {
  static torch::Tensor forward(torch::autograd::AutogradContext* context, const torch::Tensor& query_key_value,
                               const c10::intrusive_ptr<AttentionCall>& call) {
    context->save_for_backward({query_key_value});
    context->saved_data["call"] = torch::IValue::make_capsule(call);
    return forward_of(split_query_key_value(query_key_value), *call);
  }

  static torch::autograd::variable_list backward(torch::autograd::AutogradContext* context,
                                                 const torch::autograd::variable_list& gradients) {
    const torch::Tensor x = context->get_saved_variables()[0];
    const auto call = c10::static_intrusive_pointer_cast<AttentionCall>(context->saved_data["call"].toCapsule());
    const torch::Tensor dx = at::empty_like(x);
    backward_of(split_query_key_value(x), *call, gradients[0], split_query_key_value(dx));
    return {dx, torch::Tensor()};
  }
};

struct CrossAttentionFunction : torch::autograd::Function<CrossAttentionFunction> {
  static torch::Tensor forward(torch::autograd::AutogradContext* context, const torch::Tensor& query,
                               const torch::Tensor& key_value, const c10::intrusive_ptr<AttentionCall>& call) {
    context->save_for_backward({query, key_value});
    context->saved_data["call"] = torch::IValue::make_capsule(call);
    return forward_of(split_key_value(query, key_value), *call);
  }

  static torch::autograd::variable_list backward(torch::autograd::AutogradContext* context,
                                                 const torch::autograd::variable_list& gradients) {
    const auto saved = context->get_saved_variables();
    const auto call = c10::static_intrusive_pointer_cast<AttentionCall>(context->saved_data["call"].toCapsule());
    const torch::Tensor query_gradient = at::empty_like(saved[0]), key_value_gradient = at::empty_like(saved[1]);
    backward_of(split_key_value(saved[0], saved[1]), *call, gradients[0],
                split_key_value(query_gradient, key_value_gradient));
    return {query_gradient, key_value_gradient, torch::Tensor()};
  }
};

c10::intrusive_ptr<AttentionCall> make_call(const Segments& query, const Segments& key,
                                            const PackedAttention& options) {
  return c10::make_intrusive<AttentionCall>(query, key, options);
}

}  // namespace

torch::Tensor self_attention(const torch::Tensor& query_key_value, const Segments& segments,
                             const PackedAttention& options) {
  return SelfAttentionFunction::apply(query_key_value, make_call(segments, segments, options));
}

torch::Tensor cross_attention(const torch::Tensor& query, const torch::Tensor& key_value,
                              const Segments& query_segments, const Segments& key_segments,
                              const PackedAttention& options) {
  return CrossAttentionFunction::apply(query, key_value, make_call(query_segments, key_segments, options));
}

}  // namespace heed

#include "nn/attention/key_mixing.h"

#include <ATen/ops/empty.h>
#include <ATen/ops/matmul.h>
#include <ATen/ops/mm.h>
#include <fmt/format.h>
#include <torch/csrc/autograd/custom_function.h>

#include "core/error.h"
#include "nn/attention/for_sentences.h"
#include "nn/gradient.h"
#include "nn/weight_copies.h"

namespace heed {
namespace {

using torch::autograd::AutogradContext;
using torch::autograd::variable_list;

struct Sentences : torch::CustomClassHolder {
  explicit Sentences(Segments given) : segments(std::move(given)) {}
  Segments segments;

  // Calls body(sentence, first row, length).
  template <class Body>
  void for_each(c10::Device device, Body body) const {
    for_sentences(segments.size(), device, [&](int64_t b) {
      body(b, segments.starts()[static_cast<size_t>(b)], segments.lengths()[static_cast<size_t>(b)]);
    });
  }
};

struct MixFunction : torch::autograd::Function<MixFunction> {
  static torch::Tensor forward(AutogradContext* context, const torch::Tensor& rows, const torch::Tensor& weight,
                               const c10::intrusive_ptr<Sentences>& sentences) {
    const torch::Tensor matrix = in_type(weight, rows.scalar_type());
    context->save_for_backward({rows, weight, matrix});
    context->saved_data["sentences"] = torch::IValue::make_capsule(sentences);
    const int64_t rank = weight.size(0);
    const torch::Tensor mixed = at::empty({sentences->segments.size() * rank, rows.size(1)}, rows.options());
    sentences->for_each(rows.device(), [&](int64_t b, int64_t first, int64_t length) {
      const torch::NoGradGuard no_grad;
      mixed.narrow(0, b * rank, rank).copy_(at::mm(matrix.narrow(1, 0, length), rows.narrow(0, first, length)));
    });
    return mixed;
  }

  static variable_list backward(AutogradContext* context, const variable_list& gradients) {
    const auto saved = context->get_saved_variables();
    const torch::Tensor &rows = saved[0], &weight = saved[1], &matrix = saved[2];
    const auto sentences = c10::static_intrusive_pointer_cast<Sentences>(context->saved_data["sentences"].toCapsule());
    const int64_t rank = weight.size(0);
    const torch::Tensor gradient = gradients[0].contiguous(), of_rows = at::empty(rows.sizes(), rows.options());
    std::vector<torch::Tensor> of_weight(static_cast<size_t>(sentences->segments.size()));
    sentences->for_each(rows.device(), [&](int64_t b, int64_t first, int64_t length) {
      const torch::NoGradGuard no_grad;
      const torch::Tensor upstream = gradient.narrow(0, b * rank, rank), own = rows.narrow(0, first, length);
      of_rows.narrow(0, first, length).copy_(at::mm(matrix.narrow(1, 0, length).t(), upstream));
      of_weight[static_cast<size_t>(b)] = at::mm(upstream.to(weight.dtype()), own.to(weight.dtype()).t());
    });
    for (const torch::Tensor& one : of_weight) gradient_of(weight).narrow(1, 0, one.size(1)).add_(one);
    return {of_rows, torch::Tensor(), torch::Tensor()};
  }
};

}  // namespace

KeyMixingImpl::KeyMixingImpl(int64_t rank, int64_t max_positions)
    : weight(register_parameter("weight", at::empty({rank, max_positions}),
                                InitialValues::linear_weight(max_positions, rank))) {}

torch::Tensor KeyMixingImpl::forward(const torch::Tensor& rows, const Segments& sentences) {
  if (sentences.max_length() > weight.size(1))
    throw DataError(
        fmt::format("a sentence has {} pieces, but the model has learned to mix {} (model.max_positions): shorten it",
                    sentences.max_length(), weight.size(1)));
  return MixFunction::apply(rows, weight, c10::make_intrusive<Sentences>(sentences));
}

Segments KeyMixingImpl::mixed(const Segments& sentences) const {
  return Segments::packed(
      std::vector<int32_t>(static_cast<size_t>(sentences.size()), static_cast<int32_t>(weight.size(0))));
}

std::vector<torch::Tensor> KeyMixingImpl::spread(const std::vector<torch::Tensor>& weights,
                                                 const Segments& sentences) const {
  std::vector<torch::Tensor> result;
  for (size_t b = 0; b < weights.size(); ++b)
    result.push_back(at::matmul(weights[b], weight.to(weights[b].scalar_type()).narrow(1, 0, sentences.lengths()[b])));
  return result;
}

}  // namespace heed

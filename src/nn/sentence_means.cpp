#include "nn/sentence_means.h"

#include <ATen/ops/index_select.h>
#include <ATen/ops/zeros.h>
#include <torch/csrc/autograd/custom_function.h>

#include <vector>

#include "kernels/embedding.h"
#include "tensor/arithmetic_type.h"
#include "tensor/id_tensor.h"

namespace heed {
namespace {

// What both passes need: the sentence of every row (N), and one over each sentence's length (B, 1).
struct Membership {
  Membership(const Segments& segments, const at::TensorOptions& options) {
    std::vector<int64_t> of_rows;
    std::vector<double> one_over_length;
    for (size_t b = 0; b < segments.lengths().size(); ++b) {
      of_rows.insert(of_rows.end(), static_cast<size_t>(segments.lengths()[b]), static_cast<int64_t>(b));
      one_over_length.push_back(1 / static_cast<double>(segments.lengths()[b]));
    }
    sentences = id_tensor(of_rows, options.device());
    shares = torch::tensor(one_over_length, torch::kDouble).to(options).unsqueeze(1);
  }
  at::Tensor sentences, shares;
};

struct SentenceMeansFunction : torch::autograd::Function<SentenceMeansFunction> {
  static torch::Tensor forward(torch::autograd::AutogradContext* context, const torch::Tensor& rows,
                               const Segments& segments) {
    const auto options = rows.options().dtype(arithmetic_type(rows.scalar_type())).requires_grad(false);
    const Membership of(segments, options);
    context->save_for_backward({of.sentences, of.shares});
    torch::Tensor sums = at::zeros({segments.size(), rows.size(1)}, options);
    embed_backward(rows.contiguous(), {of.sentences, {}, {}}, 1.0, {}, sums);  // the sum of rows by id
    return (sums * of.shares).to(rows.scalar_type());
  }

  static torch::autograd::variable_list backward(torch::autograd::AutogradContext* context,
                                                 const torch::autograd::variable_list& gradients) {
    const auto saved = context->get_saved_variables();
    const torch::Tensor &sentences = saved[0], &shares = saved[1], &gradient = gradients[0];
    const torch::Tensor of_sentences = gradient.to(shares.scalar_type()) * shares;
    return {of_sentences.index_select(0, sentences).to(gradient.scalar_type()), torch::Tensor()};
  }
};

}  // namespace

torch::Tensor sentence_means(const torch::Tensor& rows, const Segments& segments) {
  return SentenceMeansFunction::apply(rows, segments);
}

}  // namespace heed

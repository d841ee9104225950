#include "nn/convolution.h"

#include <ATen/ops/cat.h>
#include <ATen/ops/index_select.h>
#include <ATen/ops/zeros.h>
#include <torch/csrc/autograd/custom_function.h>

#include "tensor/id_tensor.h"

namespace heed {
namespace {

using torch::autograd::AutogradContext;
using torch::autograd::variable_list;

torch::Tensor with_zero_row(const torch::Tensor& x) { return at::cat({x, at::zeros({1, x.size(1)}, x.options())}); }

// The rows at -place from a row are those for which it is the one at `place`: the gradient is summed from there.
struct BesideFunction : torch::autograd::Function<BesideFunction> {
  static torch::Tensor forward(AutogradContext* context, const torch::Tensor& x,
                               const std::vector<torch::Tensor>& rows) {
    context->save_for_backward(rows);
    const torch::Tensor all = with_zero_row(x);
    std::vector<torch::Tensor> parts;
    for (const torch::Tensor& place : rows) parts.push_back(all.index_select(0, place));
    return at::cat(parts, 1);
  }

  static variable_list backward(AutogradContext* context, const variable_list& gradients) {
    const auto rows = context->get_saved_variables();
    const auto parts = gradients[0].chunk(static_cast<int64_t>(rows.size()), 1);
    torch::Tensor sum;
    for (size_t place = 0; place < rows.size(); ++place) {
      const torch::Tensor part = with_zero_row(parts[place]).index_select(0, rows[rows.size() - 1 - place]);
      sum = sum.defined() ? sum + part : part;
    }
    return {sum, torch::Tensor()};
  }
};

}  // namespace

Neighbours::Neighbours(const Segments& sentences, int64_t width, torch::Device device) {
  const int64_t none = sentences.num_rows();
  for (int64_t offset = -(width / 2); offset <= width / 2; ++offset) {
    std::vector<int64_t> rows;
    for (size_t b = 0; b < sentences.lengths().size(); ++b) {
      const int64_t first = sentences.starts()[b], length = sentences.lengths()[b];
      for (int64_t i = 0; i < length; ++i)
        rows.push_back(i + offset >= 0 && i + offset < length ? first + i + offset : none);
    }
    rows_.push_back(id_tensor(rows, device));
  }
}

torch::Tensor Neighbours::beside(const torch::Tensor& x) const { return BesideFunction::apply(x, rows_); }

ConvolutionImpl::ConvolutionImpl(int64_t in, int64_t out, int64_t width, double keep)
    : kernel(register_module("kernel", Linear(width * in, out, InitialValues::gated_weight(width * in, out, keep),
                                              InitialValues::linear_bias(width * in)))) {}

}  // namespace heed

#include "nn/columns.h"

#include <ATen/ops/cat.h>
#include <ATen/ops/empty.h>
#include <torch/csrc/autograd/custom_function.h>

namespace heed {
namespace {

using torch::autograd::AutogradContext;
using torch::autograd::variable_list;

// Is `right` what follows `left` in the rows of one matrix?
bool lie_beside(const torch::Tensor& left, const torch::Tensor& right) {
  return left.storage().is_alias_of(right.storage()) && left.dim() == 2 && right.dim() == 2 &&
         left.sizes()[0] == right.sizes()[0] && left.strides() == right.strides() &&
         left.storage_offset() + left.size(1) == right.storage_offset() &&
         left.size(1) + right.size(1) <= left.stride(0);
}

// The end of the run of parts beside each other that begins with part `first`, and its width.
struct Run {
  Run(const std::vector<torch::Tensor>& parts, size_t first) : end(first + 1), width(parts[first].size(1)) {
    for (; end < parts.size() && lie_beside(parts[end - 1], parts[end]); ++end) width += parts[end].size(1);
  }
  size_t end;
  int64_t width;
};

std::vector<torch::Tensor> narrowed(const torch::Tensor& matrix, const std::vector<int64_t>& widths) {
  std::vector<torch::Tensor> parts;
  int64_t first = 0;
  for (const int64_t width : widths) {
    parts.push_back(matrix.narrow(1, first, width));
    first += width;
  }
  TORCH_CHECK(first == matrix.size(1), "parts of ", first, " columns, the matrix has ", matrix.size(1));
  return parts;
}

struct SplitFunction : torch::autograd::Function<SplitFunction> {
  static variable_list forward(AutogradContext* context, const torch::Tensor& matrix,
                               const std::vector<int64_t>& widths) {
    context->saved_data["widths"] = widths;
    return narrowed(matrix, widths);
  }

  static variable_list backward(AutogradContext*, const variable_list& gradients) {
    const Run run(gradients, 0);
    const torch::Tensor& first = gradients.front();
    if (run.end == gradients.size() && first.stride(0) == run.width)
      return {first.as_strided({first.size(0), run.width}, first.strides()), torch::Tensor()};
    return {at::cat(gradients, 1), torch::Tensor()};
  }
};

}  // namespace

std::vector<torch::Tensor> split_columns(const torch::Tensor& matrix, const std::vector<int64_t>& widths) {
  if (!torch::GradMode::is_enabled()) return narrowed(matrix, widths);
  return SplitFunction::apply(matrix, widths);
}

std::vector<torch::Tensor> empty_beside(const std::vector<torch::Tensor>& parts) {
  std::vector<torch::Tensor> result;
  while (result.size() < parts.size()) {
    const Run run(parts, result.size());
    const torch::Tensor& first = parts[result.size()];
    const torch::Tensor matrix = at::empty({first.size(0), run.width}, first.options());
    std::vector<int64_t> widths;
    for (size_t part = result.size(); part < run.end; ++part) widths.push_back(parts[part].size(1));
    for (const torch::Tensor& part : narrowed(matrix, widths)) result.push_back(part);
  }
  return result;
}

}  // namespace heed

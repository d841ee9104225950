#include "nn/loss.h"

#include <ATen/ops/cat.h>
#include <ATen/ops/empty_like.h>
#include <ATen/ops/scalar_tensor.h>
#include <ATen/ops/zeros_like.h>
#include <torch/csrc/autograd/custom_function.h>

#include <algorithm>
#include <vector>

#include "kernels/column_sums.h"
#include "kernels/cross_entropy.h"
#include "kernels/matrix_product.h"
#include "nn/gradient.h"

namespace heed {
namespace {

// Rows at a time. CPU: 512 x 8000 floats are 16 MB, inside the last-level cache; a GPU wants fewer, larger launches.
int64_t chunk_rows(const torch::Tensor& hidden) { return hidden.is_cpu() ? 512 : 4096; }

// The sum in row order, in double. One copy to the host where the rows are elsewhere.
double sum_in_order(const std::vector<torch::Tensor>& chunks) {
  double total = 0;
  if (chunks.empty()) return total;
  const torch::Tensor values = at::cat(chunks).cpu();
  for (int64_t i = 0; i < values.numel(); ++i) total += values.const_data_ptr<double>()[i];
  return total;
}

struct Gradients {
  torch::Tensor hidden, weight, bias;
};

struct Target {
  torch::Tensor bias;  // of the projection, or undefined
  torch::Tensor labels;
  double smoothing;
};

// Sums over rows in order, in double; fills `gradients` where given.
Loss chunked_loss(const torch::Tensor& hidden, const torch::Tensor& weight, const Target& target,
                  Gradients* gradients) {
  std::vector<torch::Tensor> losses, log_likelihoods;
  const torch::Tensor matrix = weight.to(hidden.scalar_type());
  std::optional<torch::Tensor> bias;
  if (target.bias.defined()) bias = target.bias.to(hidden.scalar_type());
  const int64_t chunk = chunk_rows(hidden);
  for (int64_t first = 0; first < hidden.size(0); first += chunk) {
    const int64_t rows = std::min(chunk, hidden.size(0) - first);
    const torch::Tensor x = hidden.narrow(0, first, rows), labels = target.labels.narrow(0, first, rows);
    torch::Tensor logits = gradients ? linear_product(x, matrix, bias) : row_exact_product(x, matrix, bias);
    if (!logits.is_contiguous()) logits = logits.contiguous();
    const RowLosses of_rows = cross_entropy_rows(logits, labels, target.smoothing, gradients != nullptr);
    losses.push_back(of_rows.losses);
    log_likelihoods.push_back(of_rows.log_likelihoods);
    if (!gradients) continue;
    gradients->hidden.narrow(0, first, rows).copy_(input_gradient_product(logits, matrix));
    add_weight_gradient_product(logits, x, gradients->weight);
    if (bias) add_column_sums(logits, gradients->bias);
  }
  return {at::scalar_tensor(sum_in_order(losses), hidden.options().dtype(torch::kDouble)),
          sum_in_order(log_likelihoods), hidden.size(0)};
}

struct LossFunction : torch::autograd::Function<LossFunction> {
  static torch::Tensor forward(torch::autograd::AutogradContext* context, const torch::Tensor& hidden,
                               const torch::Tensor& weight, const Target& target, Loss* loss) {
    const torch::Tensor& bias = target.bias;
    Gradients gradients{at::empty_like(hidden), at::zeros_like(weight),
                        bias.defined() ? at::zeros_like(bias) : torch::Tensor()};
    *loss = chunked_loss(hidden, weight, target, &gradients);
    context->save_for_backward({weight, bias, gradients.hidden, gradients.weight, gradients.bias});
    return loss->sum;
  }

  static torch::autograd::variable_list backward(torch::autograd::AutogradContext* context,
                                                 const torch::autograd::variable_list& upstream) {
    const auto saved = context->get_saved_variables();
    const torch::Tensor &weight = saved[0], &bias = saved[1];
    const double scale = upstream[0].item<double>();
    gradient_of(weight).add_(saved[3], scale);
    if (bias.defined()) gradient_of(bias).add_(saved[4], scale);
    torch::autograd::variable_list result(4);
    result[0] = scale == 1 ? saved[2] : saved[2] * scale;
    return result;
  }
};

}  // namespace

Loss projected_cross_entropy(const torch::Tensor& hidden, const torch::Tensor& weight, const torch::Tensor& bias,
                             const torch::Tensor& labels, double smoothing) {
  const Target target{bias, labels, smoothing};
  if (!torch::GradMode::is_enabled()) return chunked_loss(hidden, weight, target, nullptr);
  Loss loss;
  const torch::Tensor sum = LossFunction::apply(hidden, weight, target, &loss);
  loss.sum = sum;
  return loss;
}

}  // namespace heed

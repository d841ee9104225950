#include "nn/loss.h"

#include <ATen/ops/cat.h>
#include <ATen/ops/empty_like.h>
#include <ATen/ops/scalar_tensor.h>
#include <ATen/ops/sum.h>
#include <ATen/ops/zeros.h>
#include <ATen/ops/zeros_like.h>
#include <torch/csrc/autograd/autograd.h>

#include <algorithm>
#include <optional>
#include <vector>

#include "kernels/column_sums.h"
#include "kernels/packed_weight.h"
#include "kernels/weight_gradient.h"
#include "nn/gradient.h"
#include "nn/weight_copies.h"

namespace heed {
namespace {

// Rows at a time. CPU: 512 x 8000 floats are 16 MB, inside the last-level cache; a GPU wants few, large launches.
int64_t chunk_rows(const torch::Tensor& hidden, int64_t vocabulary_size) {
  constexpr int64_t kElements = int64_t{1} << 27;  // 256 MiB in bf16
  return hidden.is_cpu() ? 512 : std::max<int64_t>(1024, kElements / vocabulary_size);
}

// The sum of doubles, on the CPU in row order.
torch::Tensor sum_of(const std::vector<torch::Tensor>& chunks) {
  if (chunks.empty()) return at::zeros({}, torch::kDouble);
  const torch::Tensor values = at::cat(chunks);
  if (!values.is_cpu()) return at::sum(values);
  double total = 0;
  for (int64_t i = 0; i < values.numel(); ++i) total += values.const_data_ptr<double>()[i];
  return at::scalar_tensor(total, torch::kDouble);
}

torch::Tensor zeros_of(const torch::Tensor& like) { return like.defined() ? at::zeros_like(like) : like; }

LabelMixture rows_of(const LabelMixture& all, int64_t first, int64_t rows) {
  if (!all.log_share.defined()) return {};
  return {all.log_share.narrow(0, first, rows), all.log_other.narrow(0, first, rows)};
}

// `gradient`: that of the logits, or what was not made one.
void weigh(const torch::Tensor& weights, RowLosses& rows, torch::Tensor& gradient) {
  rows.losses.mul_(weights);
  gradient.mul_(weights.unsqueeze(1).to(gradient.scalar_type()));
  if (!rows.gradients.log_share.defined()) return;
  rows.gradients.log_share.mul_(weights);
  rows.gradients.log_other.mul_(weights);
}

// Fills the gradients of `loss` where it has some.
void add_chunks(const Loss::Gradients& values, const LabelTerms& terms, Loss& loss) {
  const torch::Tensor& hidden = values.hidden;
  const torch::ScalarType type = hidden.scalar_type();
  const bool gradient = loss.gradients.hidden.defined();
  const PackedWeight weight = packed(values.weight, type);
  PackedWeight transposed;
  if (gradient) transposed = PackedWeight(for_products(values.weight, type).t(), type);
  std::optional<torch::Tensor> bias;
  if (values.bias.defined()) bias = for_products(values.bias, type);
  std::vector<torch::Tensor> losses, log_likelihoods;
  const int64_t chunk = chunk_rows(hidden, values.weight.size(0));
  for (int64_t first = 0; first < hidden.size(0); first += chunk) {
    const int64_t rows = std::min(chunk, hidden.size(0) - first);
    const torch::Tensor x = hidden.narrow(0, first, rows), labels = terms.labels.narrow(0, first, rows);
    torch::Tensor logits = linear_product(x, weight, bias).contiguous();
    RowLosses of_rows =
        cross_entropy_rows(logits, labels, terms.smoothing, gradient, rows_of(terms.mixture, first, rows));
    if (terms.row_weights.defined()) weigh(terms.row_weights.narrow(0, first, rows), of_rows, logits);
    losses.push_back(of_rows.losses);
    log_likelihoods.push_back(of_rows.log_likelihoods);
    if (!gradient) continue;
    if (of_rows.gradients.log_share.defined()) {
      loss.gradients.mixture.log_share.narrow(0, first, rows).copy_(of_rows.gradients.log_share);
      loss.gradients.mixture.log_other.narrow(0, first, rows).copy_(of_rows.gradients.log_other);
    }
    loss.gradients.hidden.narrow(0, first, rows).copy_(linear_product(logits, transposed, {}));
    add_weight_gradient(logits, x, loss.gradients.weight);
    if (bias) add_column_sums(logits, loss.gradients.bias);
  }
  loss.sum = sum_of(losses);
  loss.log_likelihood = sum_of(log_likelihoods);
}

}  // namespace

void Loss::backward() const {
  gradient_of(values.weight).add_(gradients.weight);
  if (values.bias.defined()) gradient_of(values.bias).add_(gradients.bias);
  torch::autograd::variable_list ends = {values.hidden}, of_ends = {gradients.hidden};
  if (values.mixture.log_share.defined()) {
    ends.insert(ends.end(), {values.mixture.log_share, values.mixture.log_other});
    of_ends.insert(of_ends.end(), {gradients.mixture.log_share, gradients.mixture.log_other});
  }
  if (penalty.defined()) ends.push_back(penalty), of_ends.emplace_back();
  torch::autograd::backward(ends, of_ends);
}

void Loss::add_penalty(const torch::Tensor& per_token) {
  if (!per_token.defined()) return;
  penalty = per_token * static_cast<double>(num_tokens);
  sum = sum + penalty.detach().to(sum.scalar_type());
}

void Loss::scale(double factor) {
  sum.mul_(factor);
  for (torch::Tensor* gradient : {&gradients.hidden, &gradients.weight, &gradients.bias, &gradients.mixture.log_share,
                                  &gradients.mixture.log_other})
    if (gradient->defined()) gradient->mul_(factor);
  if (penalty.defined()) penalty = penalty * factor;
}

Loss projected_cross_entropy(const torch::Tensor& hidden, const torch::Tensor& weight, const torch::Tensor& bias,
                             const LabelTerms& terms) {
  Loss loss;
  loss.num_tokens = hidden.size(0);
  const bool gradient = torch::GradMode::is_enabled();
  const torch::NoGradGuard no_grad;
  if (gradient) {
    loss.values = {hidden, weight, bias, terms.mixture};
    loss.gradients = {at::empty_like(hidden),
                      at::zeros_like(weight),
                      zeros_of(bias),
                      {zeros_of(terms.mixture.log_share), zeros_of(terms.mixture.log_other)}};
  }
  add_chunks({hidden, weight, bias, {}}, terms, loss);
  return loss;
}

}  // namespace heed

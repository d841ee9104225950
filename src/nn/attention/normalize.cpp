#include "nn/attention/normalize.h"

#include <ATen/ops/amax.h>
#include <ATen/ops/arange.h>
#include <ATen/ops/clamp.h>
#include <ATen/ops/cumsum.h>
#include <ATen/ops/softmax.h>
#include <ATen/ops/sort.h>
#include <ATen/ops/sqrt.h>
#include <torch/csrc/autograd/custom_function.h>

namespace heed {
namespace {

using torch::autograd::AutogradContext;
using torch::autograd::variable_list;

// Scores below the greatest, which is 0. Those that are 2 below it or more have no weight, so that minus infinity need
// not be told from them.
torch::Tensor below_greatest(const torch::Tensor& scores) {
  return (scores - at::amax(scores, -1, true)).clamp_min(-2);
}

// What of `ranked` (descending) belongs to the last of the entries that have a weight; where none seems to, there is a
// NaN among them.
torch::Tensor at_last_weighted(const torch::Tensor& ranked, const torch::Tensor& has_weight) {
  return ranked.gather(-1, (has_weight.sum(-1, true) - 1).clamp_min(0));
}

torch::Tensor ranks(const torch::Tensor& scores) { return at::arange(1, scores.size(-1) + 1, scores.options()); }

struct SparsemaxFunction : torch::autograd::Function<SparsemaxFunction> {
  static torch::Tensor forward(AutogradContext* context, const torch::Tensor& scores) {
    const torch::Tensor z = below_greatest(scores), rank = ranks(scores);
    const torch::Tensor ranked = std::get<0>(z.sort(-1, /*descending=*/true));
    const torch::Tensor thresholds = (ranked.cumsum(-1) - 1) / rank;
    const torch::Tensor weights = (z - at_last_weighted(thresholds, ranked > thresholds)).clamp_min(0);
    context->save_for_backward({weights});
    return weights;
  }

  // The gradient of each weight that is there, less their mean (Martins and Astudillo 2016, eq. 14).
  static variable_list backward(AutogradContext* context, const variable_list& gradients) {
    const torch::Tensor there = (context->get_saved_variables()[0] > 0).to(gradients[0].scalar_type());
    const torch::Tensor gradient = gradients[0] * there;
    return {gradient - there * (gradient.sum(-1, true) / there.sum(-1, true))};
  }
};

struct Entmax15Function : torch::autograd::Function<Entmax15Function> {
  static torch::Tensor forward(AutogradContext* context, const torch::Tensor& scores) {
    const torch::Tensor z = below_greatest(scores / 2), rank = ranks(scores);
    const torch::Tensor ranked = std::get<0>(z.sort(-1, /*descending=*/true));
    const torch::Tensor mean = ranked.cumsum(-1) / rank, mean_square = ranked.square().cumsum(-1) / rank;
    const torch::Tensor spread = rank * (mean_square - mean.square());
    const torch::Tensor thresholds = mean - ((1 - spread) / rank).clamp_min(0).sqrt();
    const torch::Tensor weights = (z - at_last_weighted(thresholds, ranked >= thresholds)).clamp_min(0).square();
    context->save_for_backward({weights});
    return weights;
  }

  // The Jacobian is diag(r) - r r^T / sum(r), r the roots of the weights (Peters et al. 2019, proposition 2).
  static variable_list backward(AutogradContext* context, const variable_list& gradients) {
    const torch::Tensor roots = context->get_saved_variables()[0].sqrt(), gradient = gradients[0] * roots;
    return {gradient - roots * (gradient.sum(-1, true) / roots.sum(-1, true))};
  }
};

}  // namespace

torch::Tensor normalize(Normalizer normalizer, const torch::Tensor& scores) {
  if (scores.numel() == 0) return scores;  // an empty sentence
  switch (normalizer) {
    case Normalizer::kSoftmax:
      return at::softmax(scores, -1);
    case Normalizer::kSparsemax:
      return SparsemaxFunction::apply(scores);
    case Normalizer::kEntmax15:
      return Entmax15Function::apply(scores);
  }
  TORCH_CHECK(false, "unknown normalizer");
}

}  // namespace heed

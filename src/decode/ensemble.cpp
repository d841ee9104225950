#include "decode/ensemble.h"

#include <ATen/ops/exp.h>
#include <ATen/ops/log.h>
#include <ATen/ops/maximum.h>
#include <ATen/ops/zeros_like.h>

#include <limits>

namespace heed {
namespace {

// log of how much more probable a token is by `other` than by `one`, (R, V); 0 where it is impossible by `one`, which
// the mean leaves it.
torch::Tensor log_ratio(const TokenScores& other, const TokenScores& one) {
  const torch::Tensor shift = (one.log_sum_exp - other.log_sum_exp).to(torch::kFloat).unsqueeze(1);
  return (other.logits - one.logits + shift).masked_fill_(one.logits == -std::numeric_limits<float>::infinity(), 0);
}

}  // namespace

// log mean p = log p of the first + log mean r, r = p / p of the first; the largest r is taken out of the sum, so that
// none overflows.
TokenScores Ensemble::scores(const std::vector<int64_t>& tokens) {
  TokenScores first = members_.front().scores(tokens);
  if (members_.size() == 1) return first;
  std::vector<torch::Tensor> ratios = {at::zeros_like(first.logits)};
  for (size_t i = 1; i < members_.size(); ++i) ratios.push_back(log_ratio(members_[i].scores(tokens), first));
  torch::Tensor top = ratios.front();
  for (const torch::Tensor& ratio : ratios) top = at::maximum(top, ratio);
  torch::Tensor sum = at::zeros_like(first.logits);
  for (const torch::Tensor& ratio : ratios) sum += at::exp(ratio - top);
  first.logits += top + at::log(sum / static_cast<double>(members_.size()));
  first.largest.reset();
  return first;
}

void Ensemble::select(const std::vector<int64_t>& indices) {
  for (Decoding& member : members_) member.select(indices);
}

}  // namespace heed

#include "decode/ensemble.h"

#include <ATen/ops/exp.h>
#include <ATen/ops/log.h>
#include <ATen/ops/zeros_like.h>

namespace heed {
namespace {

// log of how much more probable a token is by `other` than by `one`; (R, V).
torch::Tensor log_ratio(const TokenScores& other, const TokenScores& one) {
  const torch::Tensor shift = (one.log_sum_exp - other.log_sum_exp).to(torch::kFloat).unsqueeze(1);
  return other.logits - one.logits + shift;
}

}  // namespace

// log mean p = log p of the first + log mean (p / p of the first)
TokenScores Ensemble::scores(const std::vector<int64_t>& tokens) {
  TokenScores first = members_.front().scores(tokens);
  if (members_.size() == 1) return first;
  torch::Tensor ratios = at::zeros_like(first.logits);
  for (size_t i = 1; i < members_.size(); ++i) ratios += at::exp(log_ratio(members_[i].scores(tokens), first));
  const auto count = static_cast<double>(members_.size());
  first.logits += at::log((ratios + 1) / count);
  return first;
}

void Ensemble::select(const std::vector<int64_t>& indices) {
  for (Decoding& member : members_) member.select(indices);
}

}  // namespace heed

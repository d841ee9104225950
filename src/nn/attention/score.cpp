#include "nn/attention/score.h"

#include <ATen/ops/empty.h>
#include <ATen/ops/exp.h>
#include <ATen/ops/rsqrt.h>

#include <cmath>

#include "nn/linear.h"
#include "tensor/arithmetic_type.h"

namespace heed {
namespace {

constexpr double kFirstScale = 10;   // Liu et al. 2022 (Swin Transformer V2) begin there, too
constexpr double kShortest = 1e-12;  // a squared length: of zeros the direction is zeros

torch::Tensor heads_of(const torch::Tensor& rows, int64_t num_heads) {
  return rows.to(arithmetic_type(rows.scalar_type())).unflatten(1, {num_heads, -1});
}

torch::Tensor squared_lengths(const torch::Tensor& heads) { return heads.square().sum(-1); }

// (N, H, K), each vector of length 1.
torch::Tensor directions(const torch::Tensor& heads) {
  return heads * at::rsqrt(squared_lengths(heads) + kShortest).unsqueeze(-1);
}

torch::Tensor rows_of(const torch::Tensor& heads, torch::ScalarType type) { return heads.flatten(1).to(type); }

}  // namespace

AttentionScoreImpl::AttentionScoreImpl(const AttentionOptions& options)
    : type_(options.score),
      num_heads_(options.num_heads),
      num_key_heads_(options.num_key_heads),
      head_size_(options.head_size()) {
  const int64_t width = options.key_width();
  if (type_ == ScoreType::kGeneral)
    general = register_parameter("general", at::empty({width, width}), InitialValues::linear_weight(width, width));
  if (type_ == ScoreType::kAdditive)
    score = register_parameter("score", at::empty({options.d_model}), InitialValues::linear_weight(head_size_, 1));
  if (type_ == ScoreType::kCosine)
    log_scale =
        register_parameter("log_scale", at::empty({num_heads_}), InitialValues::constant(std::log(kFirstScale)));
}

torch::Tensor AttentionScoreImpl::of_queries(const torch::Tensor& rows) const {
  if (type_ != ScoreType::kCosine) return rows;
  const torch::Tensor heads = heads_of(rows, num_heads_);
  return rows_of(directions(heads) * log_scale.to(heads.scalar_type()).exp().unsqueeze(-1), rows.scalar_type());
}

ScoredKeys AttentionScoreImpl::of_keys(const torch::Tensor& rows) const {
  if (type_ == ScoreType::kGeneral) return {heed::linear(rows, general), {}};
  if (type_ == ScoreType::kCosine) return {rows_of(directions(heads_of(rows, num_key_heads_)), rows.scalar_type()), {}};
  if (type_ != ScoreType::kEuclidean) return {rows, {}};
  const double scale = -1 / std::sqrt(static_cast<double>(head_size_));
  return {rows, squared_lengths(heads_of(rows, num_key_heads_)) * scale};
}

void AttentionScoreImpl::complete(AttentionProblem& problem) const {
  if (type_ == ScoreType::kEuclidean) problem.scale = 2 / std::sqrt(static_cast<double>(head_size_));
  if (type_ == ScoreType::kDot || type_ == ScoreType::kGeneral || type_ == ScoreType::kCosine) problem.scale = 1;
  if (type_ != ScoreType::kAdditive) return;
  problem.score = ScoreFunction::kAdditive;
  problem.score_vector = score;
}

}  // namespace heed

#include "nn/self_attention.h"

#include <ATen/ops/cat.h>
#include <ATen/ops/empty.h>

#include <cstddef>
#include <cstring>

#include "nn/attention/attend.h"
#include "nn/attention/projections.h"
#include "nn/attention/reference.h"
#include "nn/columns.h"
#include "tensor/more_rows.h"

namespace heed {
namespace {

// The biases of the 2 n - 1 distances in the middle of a table.
torch::Tensor middle(const torch::Tensor& table, int64_t n) {
  return table.narrow(1, table.size(1) / 2 + 1 - n, 2 * n - 1);
}

// to = the rows of both beside each other; all have contiguous rows. On the CPU by hand: a step has little else to wait
// for.
void put_beside(const torch::Tensor& left, const torch::Tensor& right, torch::Tensor to) {
  if (!to.is_cpu()) {
    at::cat_out(to, {left, right}, 1);
    return;
  }
  TORCH_CHECK(left.scalar_type() == to.scalar_type() && right.scalar_type() == to.scalar_type() &&
                  left.stride(1) == 1 && right.stride(1) == 1 && left.size(1) + right.size(1) == to.size(1),
              "expected contiguous rows of one type that fill the target's");
  auto* target = static_cast<std::byte*>(to.mutable_data_ptr());
  const auto entry = static_cast<size_t>(to.element_size());
  for (const torch::Tensor& part : {left, right}) {
    const auto* source = static_cast<const std::byte*>(part.const_data_ptr());
    const size_t row = static_cast<size_t>(part.size(1)) * entry;
    for (int64_t i = 0; i < part.size(0); ++i)
      std::memcpy(target + static_cast<size_t>(i * to.stride(0)) * entry,
                  source + static_cast<size_t>(i * part.stride(0)) * entry, row);
    target += row;
  }
}

// The step's keys and values take their place in the cache; the problem gets those of all steps.
QueryKeyValue remember(SelfAttentionCache& cache, const QueryKeyValue& step, AttentionProblem& self) {
  const int64_t width = step.key.size(1), count = step.key.size(0);
  if (cache.step_rows.defined())
    cache.rows.index_copy_(0, cache.step_rows, at::cat({step.key, step.value}, 1));
  else
    put_beside(step.key, step.value, cache.rows.narrow(0, cache.first_row, count));
  if (self.key_bias.defined()) {
    if (!cache.key_bias.defined())
      cache.key_bias = at::empty({cache.rows.size(0), self.key_bias.size(1)}, self.key_bias.options());
    if (cache.key_bias.size(0) < cache.rows.size(0)) cache.key_bias = more_rows(cache.key_bias, cache.rows.size(0));
    if (cache.step_rows.defined())
      cache.key_bias.index_copy_(0, cache.step_rows, self.key_bias);
    else
      cache.key_bias.narrow(0, cache.first_row, count).copy_(self.key_bias);
    self.key_bias = cache.key_bias;
  }
  return {step.query, cache.rows.narrow(1, 0, width), cache.rows.narrow(1, width, width)};
}

}  // namespace

SelfAttentionImpl::SelfAttentionImpl(const ModelConfig& config, AttentionRole role) : options_(config, role) {
  query_key_value =
      register_module("query_key_value", attention_input(config.d_model, config.d_model + 2 * options_.key_width()));
  output = register_module("output", attention_output(config.d_model));
  scoring = register_module("scoring", AttentionScore(options_));
  if (options_.section.reach == ReachType::kLowRank)
    mixing = register_module("mixing", KeyMixing(options_.section.rank, options_.max_positions));
  if (options_.section.reach == ReachType::kAdaptiveSpan) span = register_module("span", AdaptiveSpan(options_));
}

QueryKeyValue SelfAttentionImpl::project(const torch::Tensor& x, const AttentionPositions& positions,
                                         AttentionProblem& self) {
  scoring->complete(self);
  auto parts = split_columns(query_key_value(x), {x.size(1), options_.key_width(), options_.key_width()});
  if (mixing) {
    parts[1] = mixing(parts[1], self.keys);
    parts[2] = mixing(parts[2], self.keys);
    self.keys = mixing->mixed(self.keys);
  }
  torch::Tensor query = scoring->of_queries(parts[0]);
  ScoredKeys key = scoring->of_keys(parts[1]);
  self.key_bias = key.bias;
  if (!positions.rotation) return {query, key.rows, parts[2]};
  return {rotate(query, *positions.rotation), rotate(key.rows, *positions.rotation), parts[2]};
}

void SelfAttentionImpl::look(const QueryKeyValue& rows, const AttentionProblem& self, const Segments& words,
                             Pass& pass) {
  if (!pass.wants_attention(options_.role)) return;
  std::vector<torch::Tensor> weights = reference_attention(rows, self).weights;
  pass.add_attention(options_.role, mixing ? mixing->spread(weights, words) : std::move(weights));
}

void SelfAttentionImpl::bound(AttentionProblem& self, const torch::Tensor& spanned) const {
  const torch::Tensor& told = self.distance_bias;
  self.distance_bias = told.defined() ? middle(told, spanned.size(1) / 2 + 1) + spanned : spanned;
  if (!spanned.is_cpu()) return;  // whoever asks a GPU waits for it
  const int64_t farthest = span->farthest();
  self.reach.behind = std::min(self.reach.behind, farthest);
  self.reach.ahead = std::min(self.reach.ahead, farthest);
}

torch::Tensor SelfAttentionImpl::forward(const torch::Tensor& x, const Segments& segments,
                                         const AttentionPositions& positions, Pass& pass) {
  AttentionProblem self = options_.problem(segments, segments);
  self.distance_bias = positions.distance_bias;
  if (span) {
    bound(self, span->biases(std::max(segments.max_length(), 1)));
    pass.add_penalty([&] { return span->penalty(); });
  }
  const QueryKeyValue rows = project(x, positions, self);
  look(rows, self, segments, pass);
  self.dropout = pass.dropout(options_.dropout);
  return output(attend(rows, self));
}

torch::Tensor SelfAttentionImpl::step(const torch::Tensor& x, SelfAttentionCache& cache) {
  AttentionProblem self = options_.problem(cache.queries, cache.segments);
  self.key_rows = cache.key_rows;
  self.positions = cache.positions;
  self.distance_bias = cache.encoded.distance_bias;
  if (span) {
    const int64_t words = cache.positions.first + 1;
    const torch::Tensor& told = self.distance_bias;
    if (!cache.span_bias.defined() || cache.span_bias.size(1) < 2 * words - 1)
      cache.span_bias = span->biases(told.defined() ? told.size(1) / 2 + 1 : 2 * words);
    bound(self, cache.span_bias);
  }
  const QueryKeyValue here = project(x, cache.encoded, self);
  return output(attend(remember(cache, here, self), self));
}

}  // namespace heed

#include "nn/cross_attention.h"

#include "nn/attention/attend.h"
#include "nn/attention/projections.h"
#include "nn/attention/reference.h"
#include "nn/columns.h"

namespace heed {

CrossAttentionImpl::CrossAttentionImpl(const ModelConfig& config) : options_(config, AttentionRole::kCross) {
  query = register_module("query", attention_input(config.d_model, config.d_model));
  key_value = register_module("key_value", attention_input(config.d_model, 2 * options_.key_width()));
  output = register_module("output", attention_output(config.d_model));
  scoring = register_module("scoring", AttentionScore(options_));
  if (options_.section.reach == ReachType::kLowRank)
    mixing = register_module("mixing", KeyMixing(options_.section.rank, options_.max_positions));
  if (options_.section.reach == ReachType::kLocalPredictive)
    predicted = register_module("predicted", PredictedPosition(options_));
}

ProjectedMemory CrossAttentionImpl::project(const Memory& memory) {
  const std::vector<int64_t> halves = {options_.key_width(), options_.key_width()};
  auto parts = split_columns(key_value(memory.hidden), halves);
  if (memory.values.defined()) parts[1] = split_columns(key_value(memory.values), halves)[1];
  ProjectedMemory projected{{}, parts[1], {}, memory.segments, memory.segments};
  if (mixing) {
    parts[0] = mixing(parts[0], memory.segments);
    projected.value = mixing(parts[1], memory.segments);
    projected.segments = mixing->mixed(memory.segments);
  }
  const ScoredKeys keys = scoring->of_keys(parts[0]);
  projected.key = keys.rows;
  projected.key_bias = keys.bias;
  return projected;
}

torch::Tensor CrossAttentionImpl::forward(const QueryRows& x, const ProjectedMemory& memory, Pass& pass) {
  const QueryKeyValue rows{scoring->of_queries(query(x.rows)), memory.key, memory.value};
  AttentionProblem cross = options_.problem(x.segments, memory.segments);
  scoring->complete(cross);
  cross.positions = x.positions;
  cross.key_bias = memory.key_bias;
  if (predicted) cross.centres = predicted(x.rows, x.segments, memory.segments);
  if (pass.wants_attention(AttentionRole::kCross)) {
    std::vector<torch::Tensor> weights = reference_attention(rows, cross).weights;
    pass.add_attention(AttentionRole::kCross, mixing ? mixing->spread(weights, memory.words) : std::move(weights));
  }
  if (const AlignmentGuide* guide = pass.guide_here(AttentionRole::kCross))
    pass.add_penalty([&] { return alignment_loss(reference_attention(rows, cross).weights, *guide); });
  cross.dropout = pass.dropout(options_.dropout);
  return output(attend(rows, cross));
}

}  // namespace heed

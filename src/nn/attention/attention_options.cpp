#include "nn/attention/attention_options.h"

#include <algorithm>

namespace heed {
namespace {

const AttentionConfig& section_of(const ModelConfig& config, AttentionRole role) {
  switch (role) {
    case AttentionRole::kEncoderSelf:
      return config.encoder_attention;
    case AttentionRole::kDecoderSelf:
      return config.decoder_attention;
    case AttentionRole::kCross:
      return config.cross_attention;
  }
  TORCH_CHECK(false, "unknown attention");
}

Reach reach_of(const AttentionConfig& config, AttentionRole role) {
  Reach reach = role == AttentionRole::kDecoderSelf ? kCausal : kGlobal;
  if (config.has_window()) {
    reach.behind = config.window_behind;
    reach.ahead = std::min(reach.ahead, config.window_ahead);
  }
  if (config.reach == ReachType::kStrided) reach.stride = config.stride;
  return reach;
}

}  // namespace

AttentionOptions::AttentionOptions(const ModelConfig& config, AttentionRole of)
    : role(of), d_model(config.d_model), reach(reach_of(section_of(config, of), of)) {
  const AttentionConfig& section = section_of(config, of);
  num_heads = section.num_heads > 0 ? section.num_heads : config.num_heads;
  num_key_heads = config.num_key_heads > 0 ? config.num_key_heads : num_heads;
  dropout = section.dropout >= 0 ? section.dropout : config.attention_dropout;
}

AttentionProblem AttentionOptions::problem(const Segments& queries, const Segments& keys) const {
  return {.queries = queries, .keys = keys, .num_heads = num_heads, .reach = reach, .num_key_heads = num_key_heads};
}

}  // namespace heed

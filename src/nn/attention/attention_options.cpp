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

bool is_recurrent(const ModelConfig& config, AttentionRole role) {
  return role == AttentionRole::kCross && config.decoder == DecoderType::kRecurrent;
}

ScoreType score_of(const ModelConfig& config, AttentionRole role) {
  const ScoreType score = section_of(config, role).score;
  if (score != ScoreType::kAuto) return score;
  if (!is_recurrent(config, role)) return ScoreType::kScaledDot;
  return config.recurrence == RecurrenceType::kBahdanau ? ScoreType::kAdditive : ScoreType::kGeneral;
}

Normalizer normalizer_of(NormalizerType type) {
  switch (type) {
    case NormalizerType::kSoftmax:
      return Normalizer::kSoftmax;
    case NormalizerType::kSparsemax:
      return Normalizer::kSparsemax;
    case NormalizerType::kEntmax15:
      return Normalizer::kEntmax15;
  }
  TORCH_CHECK(false, "unknown normalizer");
}

Reach reach_of(const AttentionConfig& config, AttentionRole role) {
  Reach reach = role == AttentionRole::kDecoderSelf ? kCausalReach : kGlobalReach;
  if (config.has_window()) {
    reach.behind = config.window_behind;
    reach.ahead = std::min(reach.ahead, config.window_ahead);
  }
  if (config.reach == ReachType::kStrided) reach.stride = config.stride;
  return reach;
}

}  // namespace

AttentionOptions::AttentionOptions(const ModelConfig& config, AttentionRole of)
    : role(of),
      d_model(config.d_model),
      score(score_of(config, of)),
      normalizer(normalizer_of(section_of(config, of).normalizer)),
      reach(reach_of(section_of(config, of), of)),
      section(section_of(config, of)),
      max_positions(config.max_positions) {
  const bool recurrent = is_recurrent(config, of);
  num_heads = config.heads_of(section, recurrent);
  num_key_heads = config.num_key_heads > 0 && !recurrent ? config.num_key_heads : num_heads;
  dropout = section.dropout >= 0 ? section.dropout : recurrent ? 0 : config.attention_dropout;
}

AttentionProblem AttentionOptions::problem(const Segments& queries, const Segments& keys) const {
  return {.queries = queries,
          .keys = keys,
          .num_heads = num_heads,
          .reach = reach,
          .num_key_heads = num_key_heads,
          .normalizer = normalizer};
}

bool AttentionOptions::fits_fused_kernels() const {
  return score != ScoreType::kAdditive && normalizer == Normalizer::kSoftmax &&
         section.reach != ReachType::kLocalPredictive;
}

bool AttentionOptions::fits_row_kernels() const {
  return num_heads == 1 && normalizer == Normalizer::kSoftmax && section.reach == ReachType::kGlobal && dropout == 0 &&
         score != ScoreType::kEuclidean;
}

bool attends_by_kernels(const ModelConfig& config) {
  const AttentionOptions encoder(config, AttentionRole::kEncoderSelf), decoder(config, AttentionRole::kDecoderSelf),
      cross(config, AttentionRole::kCross);
  const bool recurrent = config.decoder == DecoderType::kRecurrent;
  if (config.copy) return false;
  const auto by_kernels = [](const AttentionOptions& options) {
    const ReachType reach = options.section.reach;  // keys are mixed, and spans asked for, by the host
    return options.fits_fused_kernels() && reach != ReachType::kLowRank && reach != ReachType::kAdaptiveSpan;
  };
  return (config.encoder != EncoderType::kTransformer || by_kernels(encoder)) && (recurrent || by_kernels(decoder)) &&
         (by_kernels(cross) || (recurrent && cross.fits_row_kernels()));
}

}  // namespace heed

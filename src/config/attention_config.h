#pragma once

#include "config/field.h"

namespace heed {

// How well a key fits a query, both vectors of one head (nn/attention/score.h). kAuto: scaled_dot; in a recurrent
// decoder what its paper has, additive (Bahdanau et al. 2015) or general (Luong et al. 2015).
enum class ScoreType { kAuto, kScaledDot, kDot, kGeneral, kAdditive, kCosine, kEuclidean };
constexpr auto enum_names(ScoreType) {
  return std::to_array<EnumName<ScoreType>>({{ScoreType::kAuto, "auto"},
                                             {ScoreType::kScaledDot, "scaled_dot"},
                                             {ScoreType::kDot, "dot"},
                                             {ScoreType::kGeneral, "general"},
                                             {ScoreType::kAdditive, "additive"},
                                             {ScoreType::kCosine, "cosine"},
                                             {ScoreType::kEuclidean, "euclidean"}});
}

// What makes weights of scores (nn/attention/normalize.h).
enum class NormalizerType { kSoftmax, kSparsemax, kEntmax15 };
constexpr auto enum_names(NormalizerType) {
  return std::to_array<EnumName<NormalizerType>>({{NormalizerType::kSoftmax, "softmax"},
                                                  {NormalizerType::kSparsemax, "sparsemax"},
                                                  {NormalizerType::kEntmax15, "entmax15"}});
}

// Which keys a query sees (kernels/reach.h). kLocalMonotonic, kLocalPredictive: of cross-attention, a window around the
// query's own position, or around a place in the source that it predicts (Luong et al. 2015, section 3.2, local-m and
// local-p). kLowRank: a few mixtures of all keys (Wang et al. 2020). kAdaptiveSpan: as far as each head has learned to
// look (Sukhbaatar et al. 2019).
enum class ReachType { kGlobal, kWindow, kStrided, kLocalMonotonic, kLocalPredictive, kLowRank, kAdaptiveSpan };
constexpr auto enum_names(ReachType) {
  return std::to_array<EnumName<ReachType>>({{ReachType::kGlobal, "global"},
                                             {ReachType::kWindow, "window"},
                                             {ReachType::kStrided, "strided"},
                                             {ReachType::kLocalMonotonic, "local_monotonic"},
                                             {ReachType::kLocalPredictive, "local_predictive"},
                                             {ReachType::kLowRank, "low_rank"},
                                             {ReachType::kAdaptiveSpan, "adaptive_span"}});
}

// One of a model's three attentions: the encoder's and the decoder's self-attention, and cross-attention.
struct AttentionConfig {
  ScoreType score = ScoreType::kAuto;
  NormalizerType normalizer = NormalizerType::kSoftmax;
  ReachType reach = ReachType::kGlobal;
  int64_t window_behind = 32;
  int64_t window_ahead = 32;
  int64_t stride = 16;
  int64_t rank = 32;
  int64_t max_span = 256;
  int64_t span_ramp = 32;
  double span_penalty = 2e-6;
  int64_t num_heads = 0;
  double dropout = -1;

  bool operator==(const AttentionConfig&) const = default;
  bool has_window() const {
    return reach == ReachType::kWindow || reach == ReachType::kLocalMonotonic || reach == ReachType::kLocalPredictive;
  }

  template <class Visitor>
  static void fields(Visitor&& visit) {
    visit(
        "score", &AttentionConfig::score,
        "how well a key fits a query; auto: scaled_dot, in a recurrent decoder additive (bahdanau) or general (luong)");
    visit("normalizer", &AttentionConfig::normalizer,
          "what makes weights of scores: softmax, or one that gives most keys none (sparsemax: Martins and Astudillo "
          "2016; entmax15: Peters et al. 2019)");
    visit(
        "reach", &AttentionConfig::reach,
        "the keys a query sees: all; a window around it; the next `stride` and each stride-th beyond; in "
        "cross-attention a window around the query's own position, or around one that it predicts; `rank` mixtures of "
        "all keys; as far as a head has learned to look");
    visit("window_behind", &AttentionConfig::window_behind, "keys before the middle of a window", between(0, 1 << 20));
    visit("window_ahead", &AttentionConfig::window_ahead, "keys after the middle of a window", between(0, 1 << 20));
    visit("stride", &AttentionConfig::stride, "of a strided reach", between(2, 1 << 20));
    visit("rank", &AttentionConfig::rank, "mixtures of keys of a low_rank reach", between(1, 1 << 16));
    visit("max_span", &AttentionConfig::max_span, "keys that an adaptive span grows to at most", between(1, 1 << 20));
    visit("span_ramp", &AttentionConfig::span_ramp, "keys over which an adaptive span fades out", between(1, 1 << 20));
    visit("span_penalty", &AttentionConfig::span_penalty,
          "loss per target token for each key of a head's span, the heads' mean", at_least(0));
    visit("num_heads", &AttentionConfig::num_heads, "heads; 0: model.num_heads, in a recurrent decoder one",
          between(0, 1 << 10));
    visit("dropout", &AttentionConfig::dropout,
          "of its weights; -1: model.attention_dropout, in a recurrent decoder none", at_least(-1).below(1));
  }
};

}  // namespace heed

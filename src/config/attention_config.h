#pragma once

#include "config/field.h"

namespace heed {

// Which keys a query sees (kernels/reach.h). kLocalMonotonic: of cross-attention, a window around the query's own
// position (Luong et al. 2015, section 3.2, local-m).
enum class ReachType { kGlobal, kWindow, kStrided, kLocalMonotonic };
constexpr auto enum_names(ReachType) {
  return std::to_array<EnumName<ReachType>>({{ReachType::kGlobal, "global"},
                                             {ReachType::kWindow, "window"},
                                             {ReachType::kStrided, "strided"},
                                             {ReachType::kLocalMonotonic, "local_monotonic"}});
}

// One of a model's three attentions: the encoder's and the decoder's self-attention, and cross-attention.
struct AttentionConfig {
  ReachType reach = ReachType::kGlobal;
  int64_t window_behind = 32;
  int64_t window_ahead = 32;
  int64_t stride = 16;
  int64_t num_heads = 0;
  double dropout = -1;

  bool operator==(const AttentionConfig&) const = default;
  bool has_window() const { return reach == ReachType::kWindow || reach == ReachType::kLocalMonotonic; }

  template <class Visitor>
  static void fields(Visitor&& visit) {
    visit("reach", &AttentionConfig::reach,
          "the keys a query sees: all; a window around it; the next `stride` and each stride-th beyond; in "
          "cross-attention a window around the query's own position");
    visit("window_behind", &AttentionConfig::window_behind, "keys before the query's position in a window",
          between(0, 1 << 20));
    visit("window_ahead", &AttentionConfig::window_ahead, "keys after the query's position in a window",
          between(0, 1 << 20));
    visit("stride", &AttentionConfig::stride, "of a strided reach", between(2, 1 << 20));
    visit("num_heads", &AttentionConfig::num_heads, "heads; 0: model.num_heads", between(0, 1 << 10));
    visit("dropout", &AttentionConfig::dropout, "of its weights; -1: model.attention_dropout", at_least(-1).below(1));
  }
};

}  // namespace heed

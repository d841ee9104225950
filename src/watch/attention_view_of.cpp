#include "watch/attention_view_of.h"

namespace heed {
namespace {

AttentionKind kind_of(AttentionRole role) {
  switch (role) {
    case AttentionRole::kEncoderSelf:
      return AttentionKind::kEncoderSelf;
    case AttentionRole::kDecoderSelf:
      return AttentionKind::kDecoderSelf;
    case AttentionRole::kCross:
      return AttentionKind::kCross;
  }
  TORCH_CHECK(false, "unknown attention");
}

}  // namespace

AttentionView attention_view_of(const SentenceAttention& attention) {
  const auto axis = [](const AttendedSide& side) { return AttentionAxis{side.pieces, side.words}; };
  AttentionView view{axis(attention.source), axis(attention.target), axis(attention.target_input), {}};
  for (const AttentionWeights& layer : attention.layers) {
    const torch::Tensor& weights = layer.sentences.at(0);  // (H, Lq, Lk)
    const int64_t rows = weights.size(1), columns = weights.size(2);
    const float* head = weights.const_data_ptr<float>();
    for (int h = 1; h <= weights.size(0); ++h, head += rows * columns)
      view.maps.push_back({{kind_of(layer.role), static_cast<int>(layer.layer) + 1, h},
                           rows,
                           columns,
                           std::vector<float>(head, head + rows * columns)});
  }
  return view;
}

}  // namespace heed

#include "nn/alignment_loss.h"

#include <ATen/ops/log.h>
#include <ATen/ops/stack.h>

namespace heed {
namespace {

constexpr double kLeast = 1e-9;  // a weight that is 0 costs so much and learns nothing

}  // namespace

AttentionPlace alignment_place(const ModelConfig& config) {
  const bool one_layer = config.decoder == DecoderType::kRecurrent || config.num_decoder_layers == 1;
  return {AttentionRole::kCross, one_layer ? 0 : config.num_decoder_layers - 2};
}

torch::Tensor alignment_loss(const std::vector<torch::Tensor>& weights, const AlignmentGuide& guide) {
  std::vector<torch::Tensor> losses;
  for (size_t b = 0; b < weights.size(); ++b) {
    const torch::Tensor seen = guide.head < 0 ? weights[b].mean(0) : weights[b][guide.head];
    losses.push_back(-(guide.targets[b].to(seen.options()) * seen.clamp_min(kLeast).log()).sum());
  }
  return at::stack(losses).sum() * (guide.weight / static_cast<double>(guide.num_tokens));
}

}  // namespace heed

#include "export/special_setting.h"

#include <fmt/format.h>

#include <algorithm>

namespace heed {
namespace {

std::string special_attention(const ModelConfig& model, const char* name, const AttentionConfig& attention) {
  if (attention.score != ScoreType::kAuto && attention.score != ScoreType::kScaledDot)
    return fmt::format("model.{}.score {}", name, name_of(attention.score));
  if (attention.normalizer != NormalizerType::kSoftmax)
    return fmt::format("model.{}.normalizer {}", name, name_of(attention.normalizer));
  if (attention.reach != ReachType::kGlobal) return fmt::format("model.{}.reach {}", name, name_of(attention.reach));
  if (attention.num_heads != 0 && attention.num_heads != model.num_heads)
    return fmt::format("model.{}.num_heads {}", name, attention.num_heads);
  return "";
}

}  // namespace

std::string special_setting(const ModelConfig& model, const TransformerExtras& known) {
  if (model.copy) return "model.copy true";
  if (std::find(known.positions.begin(), known.positions.end(), model.positions) == known.positions.end())
    return fmt::format("model.positions {}", name_of(model.positions));
  if (model.norm_type == NormType::kRms && !known.rms_norm)
    return fmt::format("model.norm_type {}", name_of(model.norm_type));
  if (is_gated(model.activation) && !known.gated_activations)
    return fmt::format("model.activation {}", name_of(model.activation));
  if (model.num_key_heads != 0 && model.num_key_heads != model.num_heads)
    return fmt::format("model.num_key_heads {}", model.num_key_heads);
  for (const auto& special : {special_attention(model, "encoder_attention", model.encoder_attention),
                              special_attention(model, "decoder_attention", model.decoder_attention),
                              special_attention(model, "cross_attention", model.cross_attention)})
    if (!special.empty()) return special;
  return "";
}

}  // namespace heed

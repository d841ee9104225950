#include "export/special_attention.h"

#include <fmt/format.h>

namespace heed {

std::string special_attention(const ModelConfig& model) {
  if (model.positions != Positions::kSinusoidal && model.positions != Positions::kLearned)
    return fmt::format("model.positions {}", name_of(model.positions));
  if (model.num_key_heads != 0 && model.num_key_heads != model.num_heads)
    return fmt::format("model.num_key_heads {}", model.num_key_heads);
  const std::pair<const char*, const AttentionConfig&> attentions[] = {{"encoder_attention", model.encoder_attention},
                                                                       {"decoder_attention", model.decoder_attention},
                                                                       {"cross_attention", model.cross_attention}};
  for (const auto& [name, attention] : attentions) {
    if (attention.reach != ReachType::kGlobal) return fmt::format("model.{}.reach {}", name, name_of(attention.reach));
    if (attention.num_heads != 0 && attention.num_heads != model.num_heads)
      return fmt::format("model.{}.num_heads {}", name, attention.num_heads);
  }
  return "";
}

}  // namespace heed

#include "nn/attention/resolve_scores.h"

#include "nn/attention/attention_options.h"

namespace heed {

void resolve_scores(ModelConfig& model) {
  model.encoder_attention.score = AttentionOptions(model, AttentionRole::kEncoderSelf).score;
  model.decoder_attention.score = AttentionOptions(model, AttentionRole::kDecoderSelf).score;
  model.cross_attention.score = AttentionOptions(model, AttentionRole::kCross).score;
}

}  // namespace heed

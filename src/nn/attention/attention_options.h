#pragma once

#include <cstdint>

#include "config/model_config.h"
#include "kernels/attention.h"
#include "nn/pass.h"

namespace heed {

// What a model's config says of one of its attentions, with its defaults in place.
struct AttentionOptions {
  AttentionOptions(const ModelConfig& config, AttentionRole role);

  int64_t head_size() const { return d_model / num_heads; }
  int64_t key_width() const { return num_key_heads * head_size(); }
  // For packed sentences, in a layer of that kind.
  AttentionProblem problem(const Segments& queries, const Segments& keys) const;

  AttentionRole role;
  int64_t d_model, num_heads, num_key_heads;
  double dropout;
  Reach reach;
};

}  // namespace heed

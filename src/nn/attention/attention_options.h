#pragma once

#include <cstdint>

#include "config/model_config.h"
#include "kernels/attention_problem.h"
#include "nn/pass.h"

namespace heed {

// What a model's config says of one of its attentions, with its defaults in place.
struct AttentionOptions {
  AttentionOptions(const ModelConfig& config, AttentionRole role);

  int64_t head_size() const { return d_model / num_heads; }
  int64_t key_width() const { return num_key_heads * head_size(); }
  // For packed sentences, in a layer of that kind; what the score brings (nn/attention/score.h) is still to come.
  AttentionProblem problem(const Segments& queries, const Segments& keys) const;

  bool fits_fused_kernels() const;  // those of kernels/attention.h
  bool fits_row_kernels() const;    // those of kernels/row_attention.h, for one query a sentence

  AttentionRole role;
  int64_t d_model, num_heads, num_key_heads;
  double dropout;
  ScoreType score;  // never kAuto
  Normalizer normalizer;
  Reach reach;
  AttentionConfig section;  // as it stands in the config: its kind of reach, and what only that one asks for
  int64_t max_positions;
};

// Whether kernels that know sentences from memory of their device do all of a model's attention: nothing on the host
// then depends on a batch but its shape, nor on a parameter.
bool attends_by_kernels(const ModelConfig& config);

}  // namespace heed

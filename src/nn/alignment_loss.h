#pragma once

#include <torch/types.h>

#include <cstdint>
#include <vector>

#include "config/model_config.h"
#include "nn/attention_place.h"

namespace heed {

// Where alignments are read off, and taught: cross-attention of the last layer but one (Garg et al. 2019, section 4);
// of a single layer, that one.
AttentionPlace alignment_place(const ModelConfig& config);

// What a layer's cross-attention is to look at besides what it learns by itself: of each sentence (Lt, Ls), for each
// row of the target a distribution over the source, or zeros where nothing is known.
struct AlignmentGuide {
  AttentionPlace place = {};
  int64_t head = -1;  // of that layer; -1: the mean of all
  double weight = 0;
  std::vector<torch::Tensor> targets = {};
  int64_t num_tokens = 0;  // rows of the target
};

// weight * cross entropy between those distributions and a layer's weights (H, Lt, Ls) of each sentence, per token
// (Chen et al. 2016, section 3.2; Garg et al. 2019, section 4).
torch::Tensor alignment_loss(const std::vector<torch::Tensor>& weights, const AlignmentGuide& guide);

}  // namespace heed

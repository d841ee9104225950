#pragma once

#include <torch/types.h>

#include <cstdint>
#include <vector>

#include "core/random.h"
#include "kernels/dropout.h"

namespace heed {

enum class AttentionRole { kEncoderSelf, kDecoderSelf, kCross };

// Attention weights of one layer, to look at: per sentence (H, Lq, Lk), each row a distribution over the keys.
struct AttentionWeights {
  AttentionRole role;
  int64_t layer;  // among those of its role, from 0
  std::vector<torch::Tensor> sentences;
};

// What a forward pass carries beside its tensors: the keys of its dropout masks, and the attention weights that
// somebody wants to see.
//
// Every place in the model that drops takes one key, in the order of the forward pass. A mask is a pure function of
// (seed, update, micro-batch, site): there is no generator to save. Without a seed (evaluation) every rate is 0.
class Pass {
 public:
  Pass() = default;  // no dropout
  Pass(uint64_t seed, uint64_t update, uint64_t micro_batch)
      : drops_(true), key_(random_key(seed, Purpose::kDropout, {update, micro_batch})) {}

  // For the next site; a site counts even where its rate is 0, so masks do not move when another rate changes.
  Dropout dropout(double rate) {
    const uint64_t site = site_++;
    return drops_ && rate > 0 ? Dropout{rate, mix64(key_ ^ mix64(site))} : Dropout{};
  }

  // Layers keep their attention weights where this is asked for, by the unfused reference.
  void keep_attention() { keeps_attention_ = true; }
  bool keeps_attention() const { return keeps_attention_; }
  void add_attention(AttentionRole role, std::vector<torch::Tensor> sentences) {
    int64_t layer = 0;
    for (const AttentionWeights& kept : attention_) layer += kept.role == role;
    attention_.push_back({role, layer, std::move(sentences)});
  }
  const std::vector<AttentionWeights>& attention() const { return attention_; }

 private:
  bool drops_ = false, keeps_attention_ = false;
  uint64_t key_ = 0;
  uint64_t site_ = 0;
  std::vector<AttentionWeights> attention_;
};

}  // namespace heed

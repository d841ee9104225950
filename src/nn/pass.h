#pragma once

#include <torch/types.h>

#include <array>
#include <cstdint>
#include <optional>
#include <utility>
#include <vector>

#include "core/random.h"
#include "kernels/dropout.h"
#include "nn/alignment_loss.h"
#include "nn/attention_place.h"

namespace heed {

// Attention weights of one layer, to look at: per sentence (H, Lq, Lk). A row is a distribution over the keys, but for
// two reaches: weights of local_predictive sum to less than 1 (its Gaussian comes after the normalizer), and those of
// low_rank, what each word has in the mixtures looked at, may be negative.
struct AttentionWeights : AttentionPlace {
  std::vector<torch::Tensor> sentences;
};

// What a forward pass carries beside its tensors: the keys of its dropout masks, what layers add to the loss, and the
// attention weights that somebody wants to see.
//
// Every place in the model that drops takes one key, in the order of the forward pass. A mask is a pure function of
// (seed, update, micro-batch, site): there is no generator to save. Without a seed (evaluation) every rate is 0.
class Pass {
 public:
  Pass() = default;  // no dropout
  Pass(uint64_t seed, uint64_t update, uint64_t micro_batch) : Pass(key_of(seed, update, micro_batch)) {}

  // The same by its key, given or in device memory, where kernels read it when they run.
  explicit Pass(uint64_t key) : drops_(true), key_(key) {}
  explicit Pass(const uint64_t* device_key) : drops_(true), base_(device_key) {}
  static uint64_t key_of(uint64_t seed, uint64_t update, uint64_t micro_batch) {
    return random_key(seed, Purpose::kDropout, {update, micro_batch});
  }

  // For the next site; a site counts even where its rate is 0, so masks do not move when another rate changes.
  Dropout dropout(double rate) {
    const uint64_t site = site_++;
    if (!drops_ || rate == 0) return {};
    return base_ ? Dropout{rate, mix64(site), base_} : Dropout{rate, mix64(key_ ^ mix64(site))};
  }

  // Attention weights are kept where this is asked for: of all layers, or of `only` one. They are computed by the
  // unfused reference. Every layer asks once, in the order of the forward pass, whether its own are wanted.
  void keep_attention(std::optional<AttentionPlace> only = {}) {
    keeps_attention_ = true;
    only_ = only;
  }
  bool wants_attention(AttentionRole role) {
    const AttentionPlace place{role, layers_[static_cast<size_t>(role)]++};
    return keeps_attention_ && (!only_ || *only_ == place);
  }
  // REQUIRES: the layer that was just told that its weights are wanted.
  void add_attention(AttentionRole role, std::vector<torch::Tensor> sentences) {
    attention_.push_back({{role, layers_[static_cast<size_t>(role)] - 1}, std::move(sentences)});
  }
  const std::vector<AttentionWeights>& attention() const { return attention_; }

  // Attention that is to look at what it is told. Borrows.
  void guide(const AlignmentGuide& guide) { guide_ = &guide; }
  // Of the layer that was just told whether its weights are wanted; null: it is not guided.
  const AlignmentGuide* guide_here(AttentionRole role) const {
    const AttentionPlace place{role, layers_[static_cast<size_t>(role)] - 1};
    return guide_ && guide_->place == place ? guide_ : nullptr;
  }

  // What a layer adds to the loss per target token, a scalar, in training.
  template <class Make>
  void add_penalty(Make make) {
    if (drops_) penalty_ = penalty_.defined() ? penalty_ + make() : make();
  }
  const torch::Tensor& penalty() const { return penalty_; }  // undefined: none

 private:
  bool drops_ = false, keeps_attention_ = false;
  uint64_t key_ = 0;
  const uint64_t* base_ = nullptr;
  uint64_t site_ = 0;
  std::optional<AttentionPlace> only_;
  std::array<int64_t, 3> layers_{};  // that have asked, by role
  std::vector<AttentionWeights> attention_;
  const AlignmentGuide* guide_ = nullptr;
  torch::Tensor penalty_;
};

}  // namespace heed

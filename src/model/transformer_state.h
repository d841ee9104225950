#pragma once

#include <torch/types.h>

#include <cstdint>
#include <vector>

#include "model/decoder_state.h"
#include "model/key_row_table.h"
#include "model/transformer.h"

namespace heed {

// Keys and values of the tokens decoded so far.
class TransformerState : public DecoderState {
 public:
  // projections: what each layer's cross-attention attends to.
  TransformerState(TransformerDecoderImpl& decoder, std::vector<ProjectedMemory> projections);
  torch::Tensor step(const Tokens& tokens) override;

 private:
  void select_rows(const std::vector<int64_t>& indices) override;
  void make_room(const AttentionPositions& encoded);  // for one more position of every row
  ProjectedMemory projection(size_t layer) const;     // of the sentences still decoding

  TransformerDecoderImpl& decoder_;
  std::vector<ProjectedMemory> projections_;  // per layer, of all sentences
  std::vector<SelfAttentionCache> caches_;    // per layer
  KeyRowTable key_rows_;                      // of all layers
  int64_t next_cache_row_ = 0;
};

}  // namespace heed

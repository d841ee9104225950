#pragma once

#include <torch/types.h>

#include <cstdint>
#include <vector>

#include "model/transformer_layers.h"
#include "tensor/segments.h"

namespace heed {

// What decoding remembers between steps. The rows of the batch are hypotheses; those of one sentence stand together, in
// sentence order, and share the sentence's memory. Copy the struct to branch.
class DecoderState {
 public:
  // One row per sentence of `memory`; memory_key_values are the cross-attention projections of each layer.
  DecoderState(const Memory& memory, std::vector<torch::Tensor> memory_key_values, int64_t num_layers);

  int64_t num_rows() const { return static_cast<int64_t>(sentences_.size()); }
  int64_t length() const { return length_; }                            // tokens decoded so far, bos included
  const std::vector<int64_t>& sentences() const { return sentences_; }  // per row, numbered as at the start

  // Row i goes on as old row indices[i]; sentences without a row are retired. REQUIRES: sentences stay in order.
  void select(const std::vector<int64_t>& indices);

 private:
  friend class TransformerImpl;

  void make_room();   // for one more position of every row
  void index_rows();  // segments of rows and of their sentences' memories

  std::vector<torch::Tensor> memory_key_values_;  // per layer (Ns, 2D)
  Segments all_memory_, memory_;                  // of all sentences; of those still decoding
  Segments rows_;                                 // the rows of each sentence still decoding
  std::vector<SelfAttentionCache> caches_;        // per layer
  torch::Tensor key_rows_;                        // (R, longest) int32
  std::vector<int64_t> sentences_;
  int64_t length_ = 0, next_cache_row_ = 0;
};

}  // namespace heed

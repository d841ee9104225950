#pragma once

#include <torch/types.h>

#include <cstdint>
#include <vector>

#include "model/decoder_state.h"
#include "nn/copy_layer.h"

namespace heed {

// Copying beside a decoding in progress (nn/copy_layer.h), in evaluation: what of the source each hypothesis has looked
// at. Borrows the layer.
class CopyState {
 public:
  CopyState(const CopyLayer& layer, const Memory& memory);

  // Of the rows (R, D) that a step of `decoder` made.
  Copying look(const torch::Tensor& hidden, const DecoderState& decoder);

  // The vocabulary's logits (R, V) of copying.rows -> logits of what these rows write, (R, V + words outside the
  // vocabulary that the batch has). May change `logits`.
  torch::Tensor mixed(torch::Tensor logits, const Copying& copying, const DecoderState& decoder);

  // Row i goes on as old row indices[i], as DecoderState; before the decoder's own.
  void select(const std::vector<int64_t>& indices, const DecoderState& decoder);

 private:
  // The tokens that a sentence's rows of memory read: each once, and which rows read it.
  struct Tokens {
    torch::Tensor ids;   // int64 (U)
    torch::Tensor read;  // float (Ls, U): 1 where row i reads token u
  };

  CopyLayer layer_;
  Memory memory_;
  torch::Tensor keys_;
  int64_t num_tokens_ = 0;              // of the vocabulary and outside it: above all that the memory reads
  std::vector<Tokens> tokens_;          // of each sentence of the memory
  std::vector<torch::Tensor> covered_;  // of each sentence still decoding (rows, Ls); empty at first
};

}  // namespace heed

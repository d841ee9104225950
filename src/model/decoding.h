#pragma once

#include <torch/types.h>

#include <cstdint>
#include <memory>
#include <optional>
#include <vector>

#include "kernels/best_tokens.h"
#include "model/copy_state.h"
#include "model/encoder_decoder.h"

namespace heed {

// One decoding in progress with one model, in evaluation: takes a token for each of its rows, at first bos and one row
// a sentence, and says what may follow. Rows are those of DecoderState. Borrows the model; use within
// torch::NoGradGuard, and with UseFrozen (nn/weight_copies.h) so that weights are laid out once.
class Decoding {
 public:
  // `unknown`: the token that goes on in the place of one outside the vocabulary, which copying wrote.
  Decoding(EncoderDecoderImpl& model, const Memory& memory, int64_t unknown = 1);

  bool on_cuda() const { return model_->device().is_cuda(); }
  int64_t num_rows() const { return state_->num_rows(); }
  const std::vector<int64_t>& sentences() const { return state_->sentences(); }

  // Each takes one token for each row.
  TokenScores scores(const std::vector<int64_t>& tokens);
  torch::Tensor log_probs(const std::vector<int64_t>& tokens);  // (R, V) float, double for a model of doubles
  // Of each row only the `count` best tokens that are not `forbidden`. On CUDA devices.
  BestTokens best(const std::vector<int64_t>& tokens, int64_t count, const std::vector<int64_t>& forbidden);

  // Row i goes on as old row indices[i], as DecoderState.
  void select(const std::vector<int64_t>& indices);

 private:
  torch::Tensor logits(const std::vector<int64_t>& tokens);  // (R, V)

  EncoderDecoderImpl* model_;
  int64_t unknown_;
  std::unique_ptr<DecoderState> state_;
  std::optional<CopyState> copying_;
};

}  // namespace heed

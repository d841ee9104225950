#include "model/decoding.h"

#include <algorithm>

#include "tensor/arithmetic_type.h"
#include "tensor/id_tensor.h"

namespace heed {

Decoding::Decoding(EncoderDecoderImpl& model, const Memory& memory, int64_t unknown)
    : model_(&model), unknown_(unknown), state_(model.decoder->start(memory)) {
  if (model.output->copy) copying_.emplace(model.output->copy, memory);
}

torch::Tensor Decoding::logits(const std::vector<int64_t>& tokens) {
  TORCH_CHECK(static_cast<int64_t>(tokens.size()) == num_rows(), "one token for each row");
  std::vector<int64_t> known = tokens;
  const int64_t vocabulary_size = model_->target_embedding->weight.size(0);
  std::replace_if(
      known.begin(), known.end(), [&](int64_t token) { return token >= vocabulary_size; }, unknown_);
  const TokenIds rows{id_tensor(known, model_->device()), {}, {}, {}};
  const torch::Tensor hidden = state_->step({model_->target_embedding->weight, rows, model_->compute_type()});
  if (!copying_) return model_->output->logits(hidden);
  const Copying copying = copying_->look(hidden, *state_);
  const torch::Tensor logits = model_->output->logits(copying.rows);
  return copying_->mixed(logits.to(arithmetic_type(logits.scalar_type())), copying, *state_);
}

TokenScores Decoding::scores(const std::vector<int64_t>& tokens) { return TokenScores::of(logits(tokens)); }

torch::Tensor Decoding::log_probs(const std::vector<int64_t>& tokens) { return heed::log_probs(logits(tokens)); }

BestTokens Decoding::best(const std::vector<int64_t>& tokens, int64_t count, const std::vector<int64_t>& forbidden) {
  return best_tokens(logits(tokens), count, forbidden);
}

void Decoding::select(const std::vector<int64_t>& indices) {
  if (copying_) copying_->select(indices, *state_);
  state_->select(indices);
}

}  // namespace heed

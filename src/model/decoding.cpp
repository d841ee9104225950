#include "model/decoding.h"

#include "tensor/id_tensor.h"

namespace heed {

Decoding::Decoding(EncoderDecoderImpl& model, const Memory& memory)
    : model_(&model), state_(model.decoder->start(memory)) {}

torch::Tensor Decoding::hidden(const std::vector<int64_t>& tokens) {
  TORCH_CHECK(static_cast<int64_t>(tokens.size()) == num_rows(), "one token for each row");
  const TokenIds rows{id_tensor(tokens, model_->device()), {}, {}, {}};
  return state_->step({model_->target_embedding->weight, rows, model_->compute_type()});
}

TokenScores Decoding::scores(const std::vector<int64_t>& tokens) { return model_->output->scores(hidden(tokens)); }

torch::Tensor Decoding::log_probs(const std::vector<int64_t>& tokens) {
  return model_->output->log_probs(hidden(tokens));
}

BestTokens Decoding::best(const std::vector<int64_t>& tokens, int64_t count, const std::vector<int64_t>& forbidden) {
  return best_tokens(model_->output->logits(hidden(tokens)), count, forbidden);
}

}  // namespace heed

#include "model/recurrent_state.h"

#include "tensor/id_tensor.h"

namespace heed {

RecurrentState::RecurrentState(RecurrentDecoderImpl& decoder, const Memory& memory, RecurrentRows start)
    : DecoderState(memory.segments),
      decoder_(decoder),
      attended_(decoder.attention->attended(memory)),
      current_(std::move(start)) {}

torch::Tensor RecurrentState::step(const Tokens& tokens) {
  return decoder_.step(tokens, {attended_, memory_of_rows(), length_++, false}, current_);
}

void RecurrentState::select_rows(const std::vector<int64_t>& indices) {
  current_ = current_.select(id_tensor(indices, current_.layers.front().hidden.device()));
}

}  // namespace heed

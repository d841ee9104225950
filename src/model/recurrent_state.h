#pragma once

#include <torch/types.h>

#include <cstdint>
#include <vector>

#include "model/decoder_state.h"
#include "model/recurrent_decoder.h"
#include "model/recurrent_rows.h"

namespace heed {

// The keys of the sources as attention wants them, and the rows' states.
class RecurrentState : public DecoderState {
 public:
  RecurrentState(RecurrentDecoderImpl& decoder, const Memory& memory, RecurrentRows start);
  torch::Tensor step(const Tokens& tokens) override;

 private:
  void select_rows(const std::vector<int64_t>& indices) override;

  RecurrentDecoderImpl& decoder_;
  AttendedMemory attended_;
  RecurrentRows current_;
  int64_t length_ = 0;  // words decoded
};

}  // namespace heed

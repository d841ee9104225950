#pragma once

#include <torch/nn/module.h>
#include <torch/types.h>

#include <cstdint>
#include <memory>
#include <vector>

#include "model/decoder_state.h"
#include "model/encoder.h"
#include "nn/embedding.h"
#include "nn/pass.h"
#include "tensor/segments.h"

namespace heed {

// Turns target tokens and memory into rows for the output projection, (N, D): row t of a sentence, made from its tokens
// 0 .. t, predicts token t + 1. Sentence by sentence and step by step come to the same, in evaluation bit for bit on
// the CPU where kernels attend (nn/attention/attend.h), else up to rounding.
class Decoder : public torch::nn::Module {
 public:
  // Whole target sentences: (Nt) tokens -> (Nt, D).
  virtual torch::Tensor forward(const Tokens& tokens, const Segments& target, const Memory& memory, Pass& pass) = 0;

  // To go on step by step, which must not outlive the decoder.
  virtual std::unique_ptr<DecoderState> start(const Memory& memory) = 0;
};

}  // namespace heed

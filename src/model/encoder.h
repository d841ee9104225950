#pragma once

#include <torch/nn/module.h>
#include <torch/types.h>

#include "nn/embedding.h"
#include "nn/memory.h"
#include "nn/pass.h"
#include "tensor/segments.h"

namespace heed {

// Turns source tokens into memory rows. The rows of a sentence depend on that sentence alone, in evaluation bit for bit
// on the CPU.
class Encoder : public torch::nn::Module {
 public:
  virtual Memory forward(const Tokens& tokens, const Segments& source, Pass& pass) = 0;
};

}  // namespace heed

#pragma once

#include <torch/types.h>

#include "tensor/segments.h"

namespace heed {

// Encoder output of a batch: what a decoder attends to.
struct Memory {
  torch::Tensor hidden;        // (Ns, D)
  Segments segments;           // of the sentences in it
  torch::Tensor summary = {};  // (B, summary size): what a recurrent decoder may start from; undefined: none
  torch::Tensor values = {};   // (Ns, D): what attention takes values from, keys being of `hidden`; undefined: the same
  torch::Tensor tokens = {};   // int64 (Ns): what each row reads, where the model copies (nn/copy_layer.h)
};

}  // namespace heed

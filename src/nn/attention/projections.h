#pragma once

#include <cstdint>

#include "nn/linear.h"

namespace heed {

// The linear maps around multi-head attention, which start as torch.nn.MultiheadAttention's: with biases of 0.
Linear attention_input(int64_t in, int64_t out);  // into queries, keys, values, or several of them in one product
Linear attention_output(int64_t width);

}  // namespace heed

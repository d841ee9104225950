#pragma once

#include <cstdint>

#include "model/encoder_decoder.h"

namespace heed {

// Fills the weights, a pure function of (seed, configuration): the draws of a parameter are a stream of its own
// (core/random.h), and LibTorch's generators are never touched.
//   xavier    matrices U(-a, a), a = sqrt(6 / (in + out)) (Glorot and Bengio 2010, eq. 16), biases 0,
//             embeddings N(0, 1/d_model)
//   pytorch   what torch.nn.Linear, MultiheadAttention and Embedding start from
void initialize(EncoderDecoder& model, uint64_t seed);

}  // namespace heed

#pragma once

#include <cstdint>

#include "model/encoder_decoder.h"

namespace heed {

// Fills the weights from what each was registered with (nn/parameter_module.h), a pure function of (seed,
// configuration): the draws of a parameter are a stream of its own (core/random.h), by its number in
// named_parameters(), and LibTorch's generators are never touched. c10::Error for a parameter registered without.
void initialize(EncoderDecoder& model, uint64_t seed);

}  // namespace heed

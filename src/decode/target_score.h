#pragma once

#include <vector>

#include "model/encoder_decoder.h"
#include "tensor/batch.h"

namespace heed {

// The raw log probability of each sentence's labels (eos included) given its source: the sum, in double and in order,
// of the log probabilities that search_sentences would have added, so that for a hypothesis that reached eos it is its
// log_probability, on the CPU to the last bit.
std::vector<double> log_probabilities(EncoderDecoder& model, const Batch& batch);

}  // namespace heed

#pragma once

#include <vector>

#include "config/decode_config.h"
#include "decode/sentence_search.h"
#include "model/encoder_decoder.h"
#include "text/vocabulary.h"

namespace heed {

// The translations found of every sentence of `memory`, best first, at least one, often more than config.n_best. pad
// and bos are never generated, unk only with allow_unk; beam_size 1 is greedy search. `special` are the target
// vocabulary's ids. The rules of the search stand with SentenceSearch.
//
// The sentences go through the model together, each until its own search is done, and are decided one by one: on the
// CPU a sentence's results are the same bits whatever its batch and the number of threads.
std::vector<std::vector<Hypothesis>> beam_search(EncoderDecoder& model, const Memory& memory,
                                                 const DecodeConfig& config, const SpecialIds& special);

}  // namespace heed

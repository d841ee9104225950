#pragma once

#include <cstdint>
#include <vector>

#include "config/decode_config.h"
#include "decode/hypothesis.h"
#include "decode/line_wishes.h"
#include "model/encoder_decoder.h"
#include "text/vocabulary.h"

namespace heed {

// The translations found of every sentence of `memory`, best first, at least one, often more than config.n_best, by the
// search that the config and the wishes ask for (decode/beam_search.h, diverse_beam_search.h, sampling_search.h,
// constrained_beam_search.h). `special` are the
// target vocabulary's ids; `wishes` one a sentence, or none.
//
// The sentences go through the model together, each until its own search is done, and are decided one by one: on the
// CPU a sentence's results are the same bits whatever its batch and the number of threads.
std::vector<std::vector<Hypothesis>> search_sentences(EncoderDecoder& model, const Memory& memory,
                                                      const DecodeConfig& config, const SpecialIds& special,
                                                      const std::vector<LineWishes>& wishes = {});

// The same by several models together (decode/ensemble.h); memories[i] is models[i]'s, of the same sentences.
std::vector<std::vector<Hypothesis>> search_sentences(std::vector<EncoderDecoder>& models,
                                                      const std::vector<Memory>& memories, const DecodeConfig& config,
                                                      const SpecialIds& special,
                                                      const std::vector<LineWishes>& wishes = {});

}  // namespace heed

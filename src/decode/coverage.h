#pragma once

#include <torch/types.h>

#include <vector>

#include "config/decode_config.h"
#include "decode/hypothesis.h"
#include "model/encoder_decoder.h"
#include "text/tokenizers.h"

namespace heed {

// How much of its source a translation has looked at (Wu et al. 2016, eq. 14): the sum over source pieces of
// log min(w, 1), w being what all its tokens, the end among them, together gave the piece. At most 0. As in
// CTranslate2, a piece that got nothing at all does not count. attention: (tokens, source pieces).
double coverage(const torch::Tensor& attention);

// Ranks what a search found once more, by scores that decode.coverage_penalty times their coverage is added to, as
// alignments are read (nn/alignment_loss.h). memory: of the sentences.
void rank_by_coverage(EncoderDecoder& model, const Memory& memory, const Tokenizers& tokenizers,
                      const DecodeConfig& config, std::vector<std::vector<Hypothesis>>& found);

}  // namespace heed

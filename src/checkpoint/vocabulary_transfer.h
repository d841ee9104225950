#pragma once

#include <cstdint>
#include <string>

#include "model/encoder_decoder.h"
#include "tensor/safetensors.h"
#include "text/tokenizers.h"

namespace heed {

// How many pieces of each new vocabulary the old one had too.
struct CarriedPieces {
  int64_t source = 0, target = 0;
};

// Copies `found`, the weights of a model with the words of `from`, into `model`, whose words are those of `to`: the
// rows of embeddings, output projection and its bias go with their piece (special pieces with their role); rows of
// pieces that `from` lacks stay as they are. All else must fit as load_weights asks, `origin` opening its errors.
CarriedPieces load_weights_by_piece(EncoderDecoder& model, TensorMap found, const Tokenizers& from,
                                    const Tokenizers& to, const std::string& origin);

}  // namespace heed

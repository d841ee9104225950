#pragma once

#include "toy/phrase.h"

namespace heed {

// One sentence of the synchronous grammar English -> German: capitalised and punctuated raw text with the true word
// alignment. The German side is a function of the English one.
Phrase translation_sentence(Draws& draws);

}  // namespace heed

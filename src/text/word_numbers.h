#pragma once

#include <span>
#include <string_view>
#include <vector>

#include "text/tokenizer.h"

namespace heed {

// The number of the word of `line` that each of its pieces (Tokenizer::cut) lies in, from 0; -1: in none, as spaces at
// the end are.
//   - Words are what white space (Unicode's property White_Space) separates in the line as it was given, whatever its
//     normalisation made of it. A piece lies in the word of its first character that is no white space.
//   - A word with a character of a script that is written without spaces (Han, kana, Thai, Lao, Tibetan, Myanmar,
//     Khmer, ...) says nothing: each of its pieces counts as a word. Pieces that one character was turned into count
//     as one.
// A word may have no piece: one that normalisation removes, or that lies beyond a cut.
std::vector<int> word_numbers(std::string_view line, std::span<const TextPiece> pieces);

int count_words(std::string_view line);  // that white space separates

}  // namespace heed

#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>

#include "text/vocabulary.h"

namespace heed {

// Language codes, ">>fr<<", tell a model of several languages which to write. At the very start of a text one is a
// piece of its own and the rest a text of its own: so does transformers' MarianTokenizer, which exports are read by. A
// vocabulary has a code as it is (models trained by Marian) or behind sentencepiece's mark of a space, as a user symbol
// "\u2581>>fr<<" (models trained by Heed): then sentencepiece alone makes it one piece at the start of a text, too.

// Begins a normalised text (Tokenizer::normalized) whose first piece is a code, cut off before sentencepiece: no line
// holds NUL.
inline constexpr char kCodeMark = '\0';

// Bytes of the code that a text starts with; 0 without one.
size_t language_code_length(std::string_view text);

std::optional<int32_t> find_language_code(const Vocabulary& vocabulary, std::string_view code);

// The codes of a vocabulary with the pieces they are.
std::map<std::string, std::string> language_codes(const Vocabulary& vocabulary);

}  // namespace heed

#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "text/tokenizer.h"

namespace heed {

// Texts whose pieces are whole words: of tokenizers of type word and none.
bool has_whole_words(const Tokenizer& tokenizer);

// What spaces and tabs separate: the pieces of Tokenizer::from_tokens.
std::vector<std::string_view> split_tokens(std::string_view text);

// The words of a text that sentencepiece has normalised, each with the space mark that it begins with. Marks alone are
// none.
std::vector<std::string_view> marked_words(std::string_view normalized);

// The words of a text that are not in the vocabulary, as they read, one for each unk of its ids where the tokenizer is
// of type none or Tokenizer::with_each_unknown_word; the text as Tokenizer::normalized. REQUIRES: has_whole_words.
std::vector<std::string> unknown_words(const Tokenizer& tokenizer, std::string_view normalized);

}  // namespace heed

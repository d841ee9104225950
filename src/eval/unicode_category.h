#pragma once

namespace heed {

// General categories as \p{N}, \p{P} and \p{S} of Python's `regex` package, which sacreBLEU's "intl" tokenizer uses.
// The tables are made (and checked) by tests/interop/eval_unicode_table.py.
bool is_number(char32_t c);
bool is_punctuation(char32_t c);
bool is_symbol(char32_t c);

// Letters, their marks and numbers: \p{L}, \p{M} and \p{N}.
bool is_word_character(char32_t c);

}  // namespace heed

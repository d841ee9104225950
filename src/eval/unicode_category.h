#pragma once

namespace heed {

// General categories as \p{L}, \p{M}, \p{N}, \p{P} and \p{S} of Python's `regex` package, which sacreBLEU's "intl"
// tokenizer uses. The tables are made (and checked) by tests/interop/eval_unicode_table.py.
bool is_letter(char32_t c);
bool is_mark(char32_t c);
bool is_number(char32_t c);
bool is_punctuation(char32_t c);
bool is_symbol(char32_t c);

// Of scripts that are written without spaces between words: Han, Hiragana, Katakana, Thai, Lao, Khmer, Myanmar.
bool is_unspaced(char32_t c);

}  // namespace heed

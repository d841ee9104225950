#pragma once

namespace heed {

// Whether a character is of a script that puts no spaces between words: those of line breaking class SA (Unicode's
// UAX #14: Thai, Lao, Khmer, Myanmar, ...), Tibetan, Han, kana, Bopomofo and Yi. By whole blocks; Hangul is none of
// them.
bool is_written_without_spaces(char32_t character);

}  // namespace heed

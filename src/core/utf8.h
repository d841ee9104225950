#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace heed {

// UTF-8 as RFC 3629 and the Unicode Standard (table 3-7) define it: no overlong forms, no surrogates, nothing above
// U+10FFFF. Pure functions over bytes.

// Byte offset of the first ill-formed sequence, or nothing where the text is valid.
std::optional<size_t> find_invalid_utf8(std::string_view text);

// Every maximal ill-formed subpart becomes one U+FFFD (the Unicode Standard's recommended practice, section 3.9).
std::string replace_invalid_utf8(std::string_view text);

// Bytes of the character at `offset`; an ill-formed subpart counts as a character too. REQUIRES: offset < text.size().
size_t utf8_character_length(std::string_view text, size_t offset);

// The character at `offset`; U+FFFD for an ill-formed subpart. REQUIRES: offset < text.size().
char32_t code_point_at(std::string_view text, size_t offset);

// The first `count` characters of a text, or all of it.
std::string_view first_characters(std::string_view text, int64_t count);

// Ill-formed subparts come out as U+FFFD.
std::u32string code_points(std::string_view text);

// Unicode's property White_Space: the ASCII ones, no-break spaces, U+3000, ... but not U+200B.
bool is_white_space(char32_t code_point);

// A text with nothing to read: only white space, zero width spaces (U+200B) and byte order marks (U+FEFF), or nothing.
bool is_blank(std::string_view text);

// REQUIRES: a Unicode scalar value.
void append_utf8(char32_t code_point, std::string& text);

}  // namespace heed

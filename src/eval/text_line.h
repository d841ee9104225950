#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace heed {

// One line of text as the metrics see it: UTF-8 or code points, and Python's idea of white space (str.isspace, which is
// also what str.split and str.rstrip use: the separators U+001C to U+001F and U+0085, U+2028, ... included, U+200B
// not).

// Throws DataError naming the byte (from 1) for invalid UTF-8.
void check_line(std::string_view line);
std::u32string decode_line(std::string_view line);  // and checks it
std::string encode_line(std::u32string_view text);

bool is_space(char32_t c);

// Of UTF-8: the bytes of the white space at `offset`, 0 where there is none; it can begin with some bytes only.
size_t space_length(std::string_view text, size_t offset);
constexpr bool begins_space(unsigned char byte) {
  return byte == ' ' || (byte >= 0x09 && byte <= 0x0D) || (byte >= 0x1C && byte <= 0x1F) || byte == 0xC2 ||
         (byte >= 0xE1 && byte <= 0xE3);
}

// The runs of other characters between white space, as views into `text`.
std::vector<std::u32string_view> split_at_space(std::u32string_view text);
std::vector<std::string_view> split_at_space(std::string_view text);

std::u32string_view strip_right(std::u32string_view text);
std::u32string_view strip(std::u32string_view text);

}  // namespace heed

#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace heed {

// One line of text as the metrics see it: code points, and Python's idea of white space (str.isspace, which is also
// what str.split and str.rstrip use: the separators U+001C to U+001F and U+0085, U+2028, ... included, U+200B not).

// Throws DataError naming the byte (from 1) for invalid UTF-8.
std::u32string decode_line(std::string_view line);

bool is_space(char32_t c);

// The runs of other characters between white space, as views into `text`.
std::vector<std::u32string_view> split_at_space(std::u32string_view text);

std::u32string_view strip_right(std::u32string_view text);
std::u32string_view strip(std::u32string_view text);

}  // namespace heed

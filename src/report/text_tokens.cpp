#include "report/text_tokens.h"

#include <cstddef>

#include "core/spaceless_scripts.h"
#include "core/utf8.h"

namespace heed {

std::vector<std::string_view> text_tokens(std::string_view text) {
  std::vector<std::string_view> tokens;
  size_t begin = 0;
  bool in_word = false;
  const auto end_word = [&](size_t end) {
    if (in_word) tokens.push_back(text.substr(begin, end - begin));
    if (in_word) begin = end;
    in_word = false;
  };
  for (size_t at = 0; at < text.size();) {
    const char32_t c = code_point_at(text, at);
    const bool alone = is_written_without_spaces(c);
    if (alone || is_white_space(c)) end_word(at);
    at += utf8_character_length(text, at);
    in_word = !is_white_space(c);
    if (alone) end_word(at);
  }
  end_word(text.size());
  return tokens;
}

}  // namespace heed

#include "eval/text_line.h"

#include "core/error.h"
#include "core/utf8.h"

namespace heed {

void check_line(std::string_view line) {
  if (const auto invalid = find_invalid_utf8(line))
    throw DataError("invalid UTF-8 at byte " + std::to_string(*invalid + 1) + " of a line to score");
}

std::u32string decode_line(std::string_view line) {
  check_line(line);
  return code_points(line);
}

std::string encode_line(std::u32string_view text) {
  std::string line;
  line.reserve(text.size());
  for (const char32_t c : text) append_utf8(c, line);
  return line;
}

bool is_space(char32_t c) {
  if (c < 0x80) return c == U' ' || (c >= 0x09 && c <= 0x0D) || (c >= 0x1C && c <= 0x1F);
  switch (c) {
    case 0x0085:
    case 0x00A0:
    case 0x1680:
    case 0x2028:
    case 0x2029:
    case 0x202F:
    case 0x205F:
    case 0x3000:
      return true;
    default:
      return c >= 0x2000 && c <= 0x200A;
  }
}

std::vector<std::u32string_view> split_at_space(std::u32string_view text) {
  std::vector<std::u32string_view> words;
  for (size_t begin = 0; begin < text.size();) {
    size_t end = begin;
    while (end < text.size() && !is_space(text[end])) ++end;
    if (end > begin) words.push_back(text.substr(begin, end - begin));
    begin = end + 1;
  }
  return words;
}

size_t space_length(std::string_view text, size_t offset) {
  if (!begins_space(static_cast<unsigned char>(text[offset]))) return 0;
  return is_space(code_point_at(text, offset)) ? utf8_character_length(text, offset) : 0;
}

std::vector<std::string_view> split_at_space(std::string_view text) {
  std::vector<std::string_view> words;
  for (size_t begin = 0, end = 0; begin < text.size(); begin = end) {
    while (end < text.size() && space_length(text, end) == 0) ++end;
    if (end > begin) words.push_back(text.substr(begin, end - begin));
    if (end < text.size()) end += space_length(text, end);
  }
  return words;
}

std::u32string_view strip_right(std::u32string_view text) {
  while (!text.empty() && is_space(text.back())) text.remove_suffix(1);
  return text;
}

std::u32string_view strip(std::u32string_view text) {
  while (!text.empty() && is_space(text.front())) text.remove_prefix(1);
  return strip_right(text);
}

}  // namespace heed

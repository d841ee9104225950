#include "core/printable.h"

#include <fmt/format.h>

#include "core/code_range.h"
#include "core/utf8.h"

namespace heed {
namespace {

constexpr CodeRange kHidden[] = {
    {0x00, 0x1F},      // C0
    {0x7F, 0x9F},      // DEL, C1
    {0x2028, 0x202E},  // line and paragraph separator; embeddings and overrides of direction
    {0x2066, 0x2069},  // isolates
};

std::string code_of(char32_t c) {
  if (c == '\n') return "\\n";
  if (c == '\t') return "\\t";
  if (c == '\r') return "\\r";
  return c < 0x80 ? fmt::format("\\x{:02x}", static_cast<uint32_t>(c))
                  : fmt::format("\\u{:04x}", static_cast<uint32_t>(c));
}

std::string codes_of_bytes(std::string_view bytes) {
  std::string codes;
  for (const char byte : bytes) codes += fmt::format("\\x{:02x}", static_cast<unsigned char>(byte));
  return codes;
}

}  // namespace

bool is_hidden(char32_t c) { return is_among(kHidden, c); }

std::string printable(std::string_view text) {
  std::string shown;
  for (size_t offset = 0, length = 0; offset < text.size(); offset += length) {
    length = utf8_character_length(text, offset);
    const std::string_view character = text.substr(offset, length);
    if (find_invalid_utf8(character)) {
      shown += codes_of_bytes(character);
    } else if (const char32_t c = code_points(character).front(); is_hidden(c)) {
      shown += code_of(c);
    } else {
      shown += character;
    }
  }
  return shown;
}

std::string beginning_of(std::string_view text, size_t max_bytes) {
  if (text.size() <= max_bytes) return std::string(text);
  size_t end = 0;
  for (size_t next = 0; next <= max_bytes; next += utf8_character_length(text, next)) end = next;
  return std::string(text.substr(0, end)) + "...";
}

}  // namespace heed

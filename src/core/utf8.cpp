#include "core/utf8.h"

#include <algorithm>
#include <cstdint>
#include <cstring>
#include <iterator>

namespace heed {
namespace {

constexpr char32_t kReplacement = 0xFFFD;

struct Character {
  char32_t code_point;
  size_t length;  // of the character, or of the maximal ill-formed subpart
  bool valid;
};

// What a lead byte promises: length, and the range of the second byte (table 3-7), which excludes overlong forms,
// surrogates and what lies above U+10FFFF.
struct Lead {
  size_t length;
  uint8_t second_low, second_high;
};

Lead lead_of(uint8_t byte) {
  if (byte >= 0xC2 && byte <= 0xDF) return {2, 0x80, 0xBF};
  if (byte == 0xE0) return {3, 0xA0, 0xBF};
  if (byte == 0xED) return {3, 0x80, 0x9F};
  if (byte >= 0xE1 && byte <= 0xEF) return {3, 0x80, 0xBF};
  if (byte == 0xF0) return {4, 0x90, 0xBF};
  if (byte >= 0xF1 && byte <= 0xF3) return {4, 0x80, 0xBF};
  if (byte == 0xF4) return {4, 0x80, 0x8F};
  return {0, 0, 0};
}

Character decode_at(std::string_view text, size_t offset) {
  const auto byte = [&](size_t i) { return static_cast<uint8_t>(text[offset + i]); };
  if (byte(0) < 0x80) return {byte(0), 1, true};
  const Lead lead = lead_of(byte(0));
  if (lead.length == 0) return {kReplacement, 1, false};
  char32_t code_point = byte(0) & (0xFFu >> (lead.length + 1));
  for (size_t i = 1; i < lead.length; ++i) {
    const uint8_t low = i == 1 ? lead.second_low : 0x80;
    const uint8_t high = i == 1 ? lead.second_high : 0xBF;
    if (offset + i >= text.size() || byte(i) < low || byte(i) > high) return {kReplacement, i, false};
    code_point = (code_point << 6) | (byte(i) & 0x3Fu);
  }
  return {code_point, lead.length, true};
}

size_t skip_ascii(std::string_view text, size_t offset) {
  while (offset + sizeof(uint64_t) <= text.size()) {
    uint64_t word;
    std::memcpy(&word, text.data() + offset, sizeof(word));
    if (word & 0x8080808080808080ull) break;
    offset += sizeof(word);
  }
  return offset;
}

}  // namespace

std::optional<size_t> find_invalid_utf8(std::string_view text) {
  size_t offset = skip_ascii(text, 0);
  while (offset < text.size()) {
    const Character character = decode_at(text, offset);
    if (!character.valid) return offset;
    offset = skip_ascii(text, offset + character.length);
  }
  return std::nullopt;
}

std::string replace_invalid_utf8(std::string_view text) {
  std::string valid;
  valid.reserve(text.size());
  for (size_t offset = 0; offset < text.size();) {
    const Character character = decode_at(text, offset);
    if (character.valid) {
      valid.append(text, offset, character.length);
    } else {
      append_utf8(kReplacement, valid);
    }
    offset += character.length;
  }
  return valid;
}

size_t utf8_character_length(std::string_view text, size_t offset) { return decode_at(text, offset).length; }

char32_t code_point_at(std::string_view text, size_t offset) { return decode_at(text, offset).code_point; }

std::string_view first_characters(std::string_view text, int64_t count) {
  if (static_cast<int64_t>(text.size()) <= count) return text;  // whatever their lengths
  size_t end = 0;
  for (int64_t i = 0; i < count && end < text.size(); ++i) end += utf8_character_length(text, end);
  return text.substr(0, end);
}

std::u32string code_points(std::string_view text) {
  std::u32string points;
  points.reserve(text.size());
  for (size_t offset = 0; offset < text.size();) {
    const Character character = decode_at(text, offset);
    points.push_back(character.code_point);
    offset += character.length;
  }
  return points;
}

bool is_white_space(char32_t c) {
  if (c < 0x80) return c == ' ' || (c >= '\t' && c <= '\r');
  constexpr char32_t kOthers[] = {0x85, 0xA0, 0x1680, 0x2028, 0x2029, 0x202F, 0x205F, 0x3000};
  return (c >= 0x2000 && c <= 0x200A) || std::find(std::begin(kOthers), std::end(kOthers), c) != std::end(kOthers);
}

bool is_blank(std::string_view text) {
  constexpr char32_t kZeroWidthSpace = 0x200B, kByteOrderMark = 0xFEFF;
  for (size_t offset = 0; offset < text.size();) {
    const Character character = decode_at(text, offset);
    const char32_t c = character.code_point;
    if (!is_white_space(c) && c != kZeroWidthSpace && c != kByteOrderMark) return false;
    offset += character.length;
  }
  return true;
}

void append_utf8(char32_t code_point, std::string& text) {
  const auto continuation = [&](int shift) {
    text.push_back(static_cast<char>(0x80 | ((code_point >> shift) & 0x3F)));
  };
  if (code_point < 0x80) {
    text.push_back(static_cast<char>(code_point));
  } else if (code_point < 0x800) {
    text.push_back(static_cast<char>(0xC0 | (code_point >> 6)));
    continuation(0);
  } else if (code_point < 0x10000) {
    text.push_back(static_cast<char>(0xE0 | (code_point >> 12)));
    continuation(6);
    continuation(0);
  } else {
    text.push_back(static_cast<char>(0xF0 | (code_point >> 18)));
    continuation(12);
    continuation(6);
    continuation(0);
  }
}

}  // namespace heed

#include "audit/line_shape.h"

#include <algorithm>

#include "core/random.h"
#include "core/utf8.h"

namespace heed {
namespace {

uint64_t hash_of(std::string_view text) {
  uint64_t hash = 0xCBF29CE484222325ull ^ text.size();
  while (text.size() >= 8) {
    uint64_t word = 0;
    std::copy_n(text.data(), 8, reinterpret_cast<char*>(&word));
    hash = mix64(hash ^ word);
    text.remove_prefix(8);
  }
  uint64_t word = 0;
  std::copy(text.begin(), text.end(), reinterpret_cast<char*>(&word));
  return mix64(hash ^ word);
}

uint32_t characters_of(std::string_view line) {
  if (is_blank(line)) return 0;
  return static_cast<uint32_t>(std::count_if(line.begin(), line.end(), [](char c) { return (c & 0xC0) != 0x80; }));
}

}  // namespace

LineShape shape_of(std::string_view line) { return {hash_of(line), characters_of(line)}; }

}  // namespace heed

#pragma once

#include <string_view>

namespace heed {

// "<0xE4>", as sentencepiece names the pieces of single bytes.
inline bool is_byte_name(std::string_view piece) {
  return piece.size() == 6 && piece.substr(0, 3) == "<0x" && piece.find_first_not_of("0123456789ABCDEF", 3) == 5 &&
         piece[5] == '>';
}

}  // namespace heed

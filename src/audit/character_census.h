#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <string_view>
#include <vector>

#include "text/tokenizer.h"

namespace heed {

// A character that a tokenizer has no piece for: it becomes unk, or bytes that are no text by themselves.
struct OutsideCharacter {
  char32_t character = 0;
  int64_t count = 0;
  int64_t first_pair = 0;  // that has it
};

// Which characters a side of a corpus has, and how often. Memory: 4 KB for each 256 neighbours that occur.
class CharacterCensus {
 public:
  void add(std::string_view line, int64_t pair);  // REQUIRES: valid UTF-8, pairs in ascending order

  // The most frequent first. A character counts as it is after normalisation, alone. Nothing for tokenizers of whole
  // words, where characters say nothing.
  std::vector<OutsideCharacter> outside(const Tokenizer& tokenizer) const;

 private:
  struct Use {
    int64_t count = 0, first_pair = 0;
  };
  using Page = std::array<Use, 256>;

  std::array<std::unique_ptr<Page>, 0x1100> pages_;  // by the upper bits of a code point
};

}  // namespace heed

#pragma once

#include <cstdint>
#include <deque>
#include <string_view>
#include <vector>

namespace heed {

// By how many lines the targets of a corpus are moved against its sources, at most, when it is looked at whether they
// are.
constexpr int kMostShift = 3;

// Which sources have a word of their target, or of one of its neighbours: names and numbers survive translation, a
// summary is made of the words of its text. Words are runs of letters and digits, of four bytes or more or with a
// digit; ASCII capitals count as small letters. Common words are shared with any line, but with none more often.
// Memory: a byte a pair, and the words of kMostShift + 1 of them.
class SharedWords {
 public:
  void add(std::string_view source, std::string_view target);  // the next pair

  // REQUIRES: a pair that was added, |shift| <= kMostShift. False where there is no pair + shift.
  bool at(int64_t pair, int shift) const { return (bits_[static_cast<size_t>(pair)] >> (shift + kMostShift) & 1) != 0; }

 private:
  struct Words {
    std::vector<uint64_t> source, target;  // hashes, ascending
  };

  void note(size_t pair, int shift) { bits_[pair] = static_cast<uint8_t>(bits_[pair] | 1 << (shift + kMostShift)); }

  std::deque<Words> recent_;   // the newest pair first
  std::vector<uint8_t> bits_;  // by pair: bit shift + kMostShift
};

}  // namespace heed

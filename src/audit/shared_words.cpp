#include "audit/shared_words.h"

#include <algorithm>

#include "core/random.h"

namespace heed {
namespace {

constexpr size_t kLeastBytes = 4;

bool is_digit(char c) { return c >= '0' && c <= '9'; }
char small(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; }

// Whatever is not ASCII counts as a letter.
bool is_of_word(char c) { return is_digit(c) || (small(c) >= 'a' && small(c) <= 'z') || (c & 0x80) != 0; }

std::vector<uint64_t> words_of(std::string_view line) {
  std::vector<uint64_t> words;
  for (size_t begin = 0, end = 0; begin < line.size(); begin = end + 1) {
    uint64_t hash = 0;
    bool has_digit = false;
    for (end = begin; end < line.size() && is_of_word(line[end]); ++end) {
      hash = mix64(hash ^ static_cast<unsigned char>(small(line[end])));
      has_digit |= is_digit(line[end]);
    }
    if (end - begin >= kLeastBytes || has_digit) words.push_back(hash);
  }
  std::sort(words.begin(), words.end());
  return words;
}

bool meet(const std::vector<uint64_t>& a, const std::vector<uint64_t>& b) {
  const std::vector<uint64_t>&few = a.size() < b.size() ? a : b, &many = a.size() < b.size() ? b : a;
  return std::any_of(few.begin(), few.end(),
                     [&](uint64_t word) { return std::binary_search(many.begin(), many.end(), word); });
}

}  // namespace

void SharedWords::add(std::string_view source, std::string_view target) {
  recent_.push_front({words_of(source), words_of(target)});
  if (recent_.size() > kMostShift + 1) recent_.pop_back();
  bits_.push_back(0);
  const size_t newest = bits_.size() - 1;
  for (size_t back = 0; back < recent_.size(); ++back) {
    const int shift = static_cast<int>(back);
    if (meet(recent_[back].source, recent_.front().target)) note(newest - back, shift);
    if (meet(recent_.front().source, recent_[back].target)) note(newest, -shift);
  }
}

}  // namespace heed

#include "text/word_numbers.h"

#include <algorithm>

#include "core/spaceless_scripts.h"
#include "core/utf8.h"

namespace heed {
namespace {

struct Word {
  size_t begin = 0, end = 0;  // bytes of the line
  bool of_pieces = false;     // each of its pieces counts as a word
};

std::vector<Word> words_of(std::string_view line) {
  std::vector<Word> words;
  bool inside = false;
  for (size_t offset = 0; offset < line.size();) {
    const char32_t c = code_point_at(line, offset);
    const size_t length = utf8_character_length(line, offset);
    const bool starts = !is_white_space(c) && !inside;
    if (starts) words.push_back({offset, offset, false});
    inside = !is_white_space(c);
    offset += length;
    if (!inside) continue;
    words.back().end = offset;
    words.back().of_pieces |= is_written_without_spaces(c);
  }
  return words;
}

}  // namespace

int count_words(std::string_view line) { return static_cast<int>(words_of(line).size()); }

std::vector<int> word_numbers(std::string_view line, std::span<const TextPiece> pieces) {
  const std::vector<Word> words = words_of(line);
  std::vector<int> numbers;
  auto word = words.begin();
  int number = 0;                              // of that word, or of its last piece
  size_t last_begin = std::string_view::npos;  // where the text of the last piece in it begins; npos: no piece yet
  for (const TextPiece& piece : pieces) {
    for (; word != words.end() && word->end <= piece.begin; ++word) {
      ++number;
      last_begin = std::string_view::npos;
    }
    if (word == words.end()) {
      numbers.push_back(-1);
      continue;
    }
    const size_t begin = std::max(piece.begin, word->begin);
    if (word->of_pieces && last_begin != std::string_view::npos && begin != last_begin) ++number;
    last_begin = begin;
    numbers.push_back(number);
  }
  return numbers;
}

}  // namespace heed

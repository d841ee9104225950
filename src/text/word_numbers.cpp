#include "text/word_numbers.h"

#include <algorithm>

#include "core/utf8.h"

namespace heed {
namespace {

struct Word {
  size_t begin = 0, end = 0;  // bytes of the line
  bool of_pieces = false;     // each of its pieces counts as a word
};

struct Block {
  char32_t first, last;
};

// Whole blocks of Unicode whose scripts put no spaces between words: those of line breaking class SA (UAX #14), Han,
// kana, Bopomofo and Yi. Hangul is not one of them.
constexpr Block kWithoutSpaces[] = {
    {0x0E00, 0x0FFF},    // Thai, Lao, Tibetan
    {0x1000, 0x109F},    // Myanmar
    {0x1780, 0x17FF},    // Khmer
    {0x1950, 0x19FF},    // Tai Le, New Tai Lue, Khmer symbols
    {0x1A20, 0x1AAF},    // Tai Tham
    {0x2E80, 0x2FDF},    // radicals of Han
    {0x3005, 0x3007},    // iteration mark, closing mark, zero of Han
    {0x3021, 0x3029},    // numerals of Han
    {0x3031, 0x312F},    // iteration marks, Hiragana, Katakana, Bopomofo
    {0x31A0, 0x31BF},    // Bopomofo
    {0x31F0, 0x31FF},    // Katakana
    {0x3400, 0x4DBF},    // Han
    {0x4E00, 0xA4CF},    // Han, Yi
    {0xA9E0, 0xA9FF},    // Myanmar
    {0xAA60, 0xAADF},    // Myanmar, Tai Viet
    {0xF900, 0xFAFF},    // Han
    {0xFF66, 0xFF9F},    // Katakana of half width
    {0x1AFF0, 0x1B16F},  // kana
    {0x20000, 0x3FFFF},  // Han
};

bool is_written_without_spaces(char32_t c) {
  return std::any_of(std::begin(kWithoutSpaces), std::end(kWithoutSpaces),
                     [c](const Block& block) { return c >= block.first && c <= block.last; });
}

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

#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "core/random.h"

namespace heed {

// The building material of the synchronous grammar: English and German words that carry the link between them.

// Words of the two sides with the same link translate each other.
struct Word {
  std::string text;
  int link = kInserted;

  static constexpr int kInserted = -1;  // a word with no counterpart on the other side
};
using Words = std::vector<Word>;

struct Phrase {
  Words english, german;

  bool empty() const { return english.empty() && german.empty(); }
};

// What a derivation draws from: random choices and fresh links. One per sentence.
class Draws {
 public:
  explicit Draws(RandomStream stream) : stream_(stream) {}

  int between(int low, int high) { return low + static_cast<int>(stream_.below(high - low + 1)); }  // both included
  bool chance(int percent) { return static_cast<int>(stream_.below(100)) < percent; }
  int new_link() { return next_link_++; }

  template <class Table>
  const auto& pick(const Table& table) {
    return table[stream_.below(std::size(table))];
  }

  // A row of `table` that fulfils `condition`. REQUIRES: there is one.
  template <class Table, class Condition>
  const auto& pick_if(const Table& table, Condition condition) {
    size_t matches = 0;
    for (const auto& row : table) matches += condition(row);
    size_t chosen = stream_.below(matches);
    size_t row = 0;
    while (!condition(table[row]) || chosen-- > 0) ++row;
    return table[row];
  }

 private:
  RandomStream stream_;
  int next_link_ = 0;
};

// One Word per space-separated word of `text`, all with the same link.
Words linked(std::string_view text, int link);

// Words in which "in/1 the/1 evening/2" and "am/1 Abend/2" name their links; a word without a number is inserted.
Phrase parallel(Draws& draws, std::string_view english, std::string_view german);

void append(Words& words, const Words& more);
void append(Phrase& phrase, const Phrase& more);

// Attaches a comma to the last word, unless it has one.
void add_comma(Words& words);

// Capital first letter (a to z, ä, ö, ü) of the first word; `mark` in place of a trailing comma at the end.
void finish_sentence(Words& words, char mark);

std::string joined(const Words& words);

// Pairs (English word, German word), both from 0, in increasing order.
std::vector<std::pair<int, int>> alignment(const Phrase& phrase);

}  // namespace heed

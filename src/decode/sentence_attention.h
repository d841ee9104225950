#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "config/model_config.h"
#include "model/encoder.h"
#include "text/tokenizers.h"

namespace heed {

// The pieces of one side, and the number of the word each belongs to: of the line as it was given; in languages without
// spaces every piece counts as a word (text/word_numbers.h says how).
struct AttendedSide {
  std::vector<std::string> pieces;
  std::vector<int> words;

  AttendedSide() = default;
  // The first `limit` pieces of a line.
  AttendedSide(const Tokenizer& tokenizer, std::string_view line, size_t limit);

  // A symbol that frames the sentence; it belongs to no word.
  void put_first(int64_t id, const Vocabulary& vocabulary);
  void put_last(int64_t id, const Vocabulary& vocabulary);
};

// What a model looks at, read off a given pair. A row is what it saw while it read a source piece or wrote a target
// piece.
struct SentenceAttention {
  AttendedSide source;                   // X eos
  AttendedSide target;                   // Y eos: the rows of cross-attention
  AttendedSide target_input;             // bos Y: the columns of decoder self-attention
  std::vector<AttentionWeights> layers;  // of this pair alone, float on the CPU
};

// A pair as the model gets it, without layers: of each text its first pieces, so many.
struct ReadText {
  std::string_view text;
  size_t pieces;
};
SentenceAttention framed_sides(const Tokenizers& tokenizers, const ReadText& source, const ReadText& target);

using WordAlignment = std::vector<std::pair<int, int>>;  // (source word, target word), by target word

// How links are read off attention: by a head or the mean of all, to the source word that is looked at most and to
// those that get at least `share` of what it gets; 1: to it alone.
constexpr int64_t kMeanOfHeads = -1;
struct AlignmentReading {
  int64_t head = kMeanOfHeads;
  double share = 1;
};

// Each target word with source words that it looked at in the layer of the alignments, pieces merged into words. Words
// without pieces have no link. REQUIRES: that layer among the attention's, as its only one of cross-attention; without
// layers there are no links.
WordAlignment word_alignment(const SentenceAttention& attention, const AlignmentReading& reading = {});

std::string pharaoh(const WordAlignment& alignment);  // "0-0 1-2"

}  // namespace heed

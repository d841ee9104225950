#pragma once

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "model/encoder.h"
#include "text/tokenizer.h"

namespace heed {

// The pieces of one side, and the number of the word each belongs to (Tokenizer::word_numbers).
struct AttendedSide {
  std::vector<std::string> pieces;
  std::vector<int> words;

  AttendedSide() = default;
  AttendedSide(const Tokenizer& tokenizer, const std::vector<int32_t>& ids);
};

// What a model looks at, read off a given pair. A row is what it saw while it read a source piece or wrote a target
// piece.
struct SentenceAttention {
  AttendedSide source;                   // X eos
  AttendedSide target;                   // Y eos: the rows of cross-attention
  AttendedSide target_input;             // bos Y: the columns of decoder self-attention
  std::vector<AttentionWeights> layers;  // of this pair alone, float on the CPU
};

using WordAlignment = std::vector<std::pair<int, int>>;  // (source word, target word), by target word

// Each target word with the source word that it looked at most: cross-attention of the last layer but one (Garg et al.
// 2019, section 4; of a single layer: that one), averaged over its heads, pieces merged into words. Empty where either
// side has no words.
WordAlignment word_alignment(const SentenceAttention& attention);

std::string pharaoh(const WordAlignment& alignment);  // "0-0 1-2"

}  // namespace heed

#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "audit/alignment_shift.h"
#include "audit/character_census.h"
#include "audit/duplicates.h"
#include "audit/found.h"
#include "audit/length_histogram.h"
#include "audit/length_ratio.h"
#include "audit/line_shape.h"
#include "audit/piece_kinds.h"
#include "config/data_config.h"
#include "data/parallel_corpus.h"
#include "text/tokenizers.h"

namespace heed {

// One side of a corpus: all its lines, also those that training drops, before any cut but that of data.max_characters.
struct SideAudit {
  LengthHistogram pieces;  // a line, without eos
  PieceCounts odd;         // of those pieces
  int64_t words = 0;       // that white space separates
  int64_t characters = 0;
  std::vector<OutsideCharacter> outside;  // the tokenizer

  double pieces_a_word() const;  // 0 without words
  double pieces_a_character() const;
};

struct PairPlace {
  size_t file = 0;   // which of the corpus's files
  int64_t line = 0;  // in it, from 1
};

// What is in a corpus, before anything is trained on it.
struct CorpusAudit {
  CorpusConfig files;
  std::vector<int64_t> ends;  // by file: the number of its last pair, plus one
  int64_t pairs = 0;
  SideAudit source, target;

  // Pairs that are no good training text, by the first of these that holds. What becomes of them, and of how many, is
  // for CorpusCounts to say.
  FoundPairs invalid, empty, too_long;

  FoundPairs equal_sides;  // not blank
  LengthRatio ratio;
  std::vector<ShiftedBlock> shifts;
  Repeats repeats;

  PairPlace where(int64_t pair) const;
  std::string place(int64_t pair) const;  // "train.en:4711", by its source
};

// A corpus with the shapes of its pairs, by which it can be compared with another. Memory: 32 bytes a pair.
struct ShapedAudit {
  CorpusAudit audit;
  std::vector<PairShape> pairs;
};

// Reads the corpus once. Pieces come from `cache`, the same files opened with the same options and tokenizers, and only
// what it has dropped or cut is cut into pieces here; null: all of it is. Throws as PairReader; Interrupted.
ShapedAudit audit_corpus(const CorpusConfig& files, const DataConfig& options, const Tokenizers& tokenizers,
                         const ParallelCorpus* cache = nullptr);

}  // namespace heed

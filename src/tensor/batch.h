#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "tensor/padding_label.h"
#include "tensor/segments.h"

namespace heed {

// A piece of the source that belongs to a piece of the target, each by its position in the sentence.
struct PieceLink {
  int32_t source = 0, target = 0;

  bool operator==(const PieceLink&) const = default;
};

// Sentence pairs packed without padding: every token of every sentence in one row of tokens.
//   source         X eos, int64 (N_source)
//   target_input   bos Y, int64 (N_target)
//   labels         Y eos, int64 (N_target); words outside the vocabulary that the source has, too, have ids beyond it
// Plain host data. A Batch knows no vocabulary: data/ has put bos and eos in.
struct Batch {
  std::vector<int64_t> source_ids, target_input_ids, label_ids;
  std::vector<int64_t> copied_ids;  // what copying each source row writes (data/outside_words.h); empty: source_ids
  std::vector<std::vector<std::string>>
      outside_words;  // of each source, what those beyond the vocabulary read; or empty
  Segments source_segments, target_segments;
  std::vector<int64_t> sentence_ids;          // of the corpus, in batch order: error messages name them
  std::vector<std::vector<PieceLink>> links;  // of each sentence, where somebody has aligned them; else empty

  int64_t size() const { return source_segments.size(); }
  int64_t num_source_tokens() const { return source_segments.num_rows(); }
  int64_t num_target_tokens() const { return target_segments.num_rows(); }
};

}  // namespace heed

#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "config/decode_config.h"
#include "decode/hypothesis.h"
#include "text/tokenizer.h"

namespace heed {

struct TranslationHypothesis {
  std::string text;                    // one line
  double score = 0;                    // normalised by its length (decode/hypothesis.h), or with decode.mbr the utility
  double log_probability = 0;          // raw
  bool finished = true;                // false: cut at a limit of its length before its end
  std::vector<int64_t> ids = {};       // its pieces
  std::vector<double> log_probs = {};  // of each, and of the end where it is finished

  bool operator==(const TranslationHypothesis&) const = default;
};

// The best hypothesis, and the n best of them, itself included. Their texts differ: of hypotheses that read alike, cut
// into pieces in several ways, the best stands for all, so that a list may be shorter than n. A larger beam finds more.
// Draws are all there as they were drawn, unless decode.mbr chose among them.
struct Translation : TranslationHypothesis {
  std::vector<TranslationHypothesis> hypotheses;

  bool operator==(const Translation&) const = default;
};

// What a search found of one sentence (best first, at least one), as text. REQUIRES: finite log probabilities where
// there are several.
// `words`: those of its source outside the vocabulary, which it may have copied; unk stands for them in the ids.
Translation make_translation(const std::vector<Hypothesis>& found, const Tokenizer& target, const DecodeConfig& config,
                             const std::vector<std::string>& words = {});

// The log probability of each word of a translation, the sum over its pieces: words are those of text/word_numbers.h,
// so that a piece counts as one where a language puts no spaces. A piece of white space alone is in none. Unknown
// pieces are not replaced.
std::vector<double> word_scores(const TranslationHypothesis& translation, const Tokenizer& target);

// A piece may hold a line break (byte pieces of imported models), a line of text may not.
std::string on_one_line(std::string text);

}  // namespace heed

#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "eval/bleu_tokenizer.h"

namespace heed {

// What to tell whoever scores these references with a tokenizer that leaves them in long words of which hardly any can
// match: text without spaces (Chinese, Japanese, Thai, ...) under 13a, say, where BLEU is near 0 for good translations.
// Nothing where the tokenizer fits.
//
// The rule: at least a quarter of the characters are of a script written without spaces, and the words that hold such
// characters have more than 5 of them on average, or there are fewer than 1.5 words a line. Measured on the messages of
// a web framework (Django 5.2) under 13a: Chinese, Japanese, Thai, Khmer and Burmese have 56 to 85 % such
// characters, 5.1 to 12.3 a word; only their shortest messages alone are below 5, with 1.0 to 1.5 words. Text cut into
// words has fewer than 5 a word; Korean, Arabic, Hindi, Vietnamese and German have none.
class TokenizerFit {
 public:
  explicit TokenizerFit(BleuTokenizer tokenizer) : tokenizer_(tokenizer) {}

  // What is counted of a line, and adds up. Safe from several threads.
  struct Counts {
    int64_t lines = 0, words = 0, characters = 0;           // of lines with text
    int64_t spaceless_words = 0, spaceless_characters = 0;  // words that hold such characters

    Counts& operator+=(const Counts& other);
  };
  Counts counts(const std::string& reference) const;
  std::optional<std::string> warning(const Counts& sums) const;

 private:
  BleuTokenizer tokenizer_;
};

std::optional<std::string> tokenizer_warning(const std::vector<std::string>& references, BleuTokenizer tokenizer);

}  // namespace heed

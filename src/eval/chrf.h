#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "eval/signature.h"

namespace heed {

struct ChrfOptions {
  int char_order = 6;
  int word_order = 0;  // 2: chrF++
  int beta = 2;        // recall counts beta times as much as precision
};

// Of one n-gram order: occurrences in the hypotheses, in the references, in both.
struct NgramMatches {
  int64_t hypothesis = 0, reference = 0, both = 0;
};

struct ChrfScore {
  double score = 0;  // 0 to 100
  std::string signature;
  std::string text;  // "chrF2 = 59.73"
};

// Corpus chrF from one line after another, as BleuSum.
class ChrfSum {
 public:
  ChrfSum(const ChrfOptions& options, size_t num_references);

  void add(const std::string& hypothesis, std::span<const std::string> references);
  const ChrfOptions& options() const { return options_; }
  ChrfScore score() const;

 private:
  ChrfOptions options_;
  size_t num_references_;
  std::vector<NgramMatches> sums_;  // per order: those of characters, then those of words
};

// Corpus chrF, Popovic 2015 (chrF++: 2017), equal to sacreBLEU 2.6.0 in every bit: white space left out, precision and
// recall averaged over the orders both sides have, of several references the one with the best F for the line.
// Throws DataError for unequal numbers of lines, none at all, or invalid UTF-8.
ChrfScore chrf(const std::vector<std::string>& hypotheses, const References& references,
               const ChrfOptions& options = {});

}  // namespace heed

#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "eval/bleu_tokenizer.h"
#include "eval/signature.h"

namespace heed {

// What stands in for the precision of an order without a match. Chen and Cherry 2014, "A Systematic Comparison of
// Smoothing Techniques for Sentence-Level BLEU".
enum class BleuSmoothing {
  kNone,         // 0: the score is 0
  kExponential,  // k-th such order: 1 / (2^k * total), as mteval-v13a.pl
  kFloor,        // value / total
  kAddK,         // value added to matches and totals of every order above 1
};

struct BleuOptions {
  BleuTokenizer tokenizer = BleuTokenizer::k13a;
  ModelPieces pieces;  // of kSpm
  BleuSmoothing smoothing = BleuSmoothing::kExponential;
  double smoothing_value = 0;    // 0: 0.1 for kFloor, 1 for kAddK
  bool effective_order = false;  // average over the orders that exist only: for scores of single sentences
  int max_order = 4;
};

struct BleuScore {
  double score = 0;                // 0 to 100
  std::vector<double> precisions;  // per order, 0 to 100, smoothed
  std::vector<int64_t> counts;     // n-grams of the hypotheses found in a reference, per order
  std::vector<int64_t> totals;     // n-grams of the hypotheses, per order
  double brevity_penalty = 0;      // 0 to 1
  double ratio = 0;                // hypothesis_length / reference_length, 0 without reference tokens
  int64_t hypothesis_length = 0;   // tokens
  int64_t reference_length = 0;    // tokens; of each line's reference that is closest in length, the shorter on a tie
  std::string signature;
  std::string text;  // "BLEU = 48.53 82.4/50.0/45.5/37.5 (BP = 0.943 ratio = 0.944 hyp_len = 17 ref_len = 18)"
};

// Corpus BLEU from one line after another. Nothing of a line is kept but its counts, so that a corpus may have any
// length.
class BleuSum {
 public:
  BleuSum(const BleuOptions& options, size_t num_references);  // ConfigError for kSpm without pieces

  // A line and the one of each reference. DataError for invalid UTF-8.
  void add(const std::string& hypothesis, std::span<const std::string> references);

  BleuScore score() const;

 private:
  BleuOptions options_;
  size_t num_references_;
  std::vector<int64_t> counts_, totals_;  // as BleuScore has them
  int64_t hypothesis_length_ = 0, reference_length_ = 0;
};

// Corpus BLEU, Papineni et al. 2002, equal to sacreBLEU 2.6.0 in every bit (same order of floating point operations;
// from Python 3.12 on, sacreBLEU's sum of four logarithms is compensated and may differ in the last bit). Throws
// DataError for unequal numbers of lines, none at all, or invalid UTF-8, ConfigError for kSpm without pieces.
BleuScore bleu(const std::vector<std::string>& hypotheses, const References& references,
               const BleuOptions& options = {});

}  // namespace heed

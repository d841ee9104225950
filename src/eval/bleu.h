#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "eval/bleu_tokenizer.h"
#include "eval/signature.h"
#include "eval/text_metric.h"

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
  bool lowercase = false;
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

// BLEU, Papineni et al. 2002, equal to sacreBLEU 2.6.0 in every bit (same order of floating point operations; from
// Python 3.12 on, sacreBLEU's sum of four logarithms is compensated and may differ in the last bit). Statistics: the
// lengths of hypothesis and reference, then of each order the n-grams that are found, then of each order all of them.
class Bleu : public TextMetric {
 public:
  // num_references: of a line, in the signature. ConfigError for kSpm without pieces.
  Bleu(const BleuOptions& options, const std::string& num_references);

  std::vector<double> statistics(const std::string& hypothesis, std::span<const std::string> references) const override;
  Score score(std::span<const double> sums) const override;
  double value(std::span<const double> sums) const override;
  double value(std::span<const float> sums) const override;

  BleuScore details(std::span<const double> sums) const;

 private:
  BleuOptions options_;
  std::string num_references_;
};

// Of a corpus. Throws DataError for unequal numbers of lines, none at all, or invalid UTF-8, ConfigError as above.
BleuScore bleu(const std::vector<std::string>& hypotheses, const References& references,
               const BleuOptions& options = {});

}  // namespace heed

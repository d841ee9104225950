#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "eval/signature.h"
#include "eval/text_metric.h"

namespace heed {

struct ChrfOptions {
  int char_order = 6;
  int word_order = 0;  // 2: chrF++
  int beta = 2;        // recall counts beta times as much as precision
  bool lowercase = false;
};

struct ChrfScore {
  double score = 0;  // 0 to 100
  std::string signature;
  std::string text;  // "chrF2 = 59.73"
};

// chrF, Popovic 2015 (chrF++: 2017), equal to sacreBLEU 2.6.0 in every bit: white space left out, precision and recall
// averaged over the orders both sides have, of several references the one with the best F for the line. Statistics: of
// each order of characters, then of words, the n-grams of the hypothesis, of the reference, and of both.
class Chrf : public TextMetric {
 public:
  Chrf(const ChrfOptions& options, const std::string& num_references);

  std::vector<double> statistics(const std::string& hypothesis, std::span<const std::string> references) const override;
  Score score(std::span<const double> sums) const override;
  double value(std::span<const double> sums) const override;
  double value(std::span<const float> sums) const override;

  ChrfScore details(std::span<const double> sums) const;

 private:
  ChrfOptions options_;
  std::string num_references_;
};

// Of a corpus. Throws DataError for unequal numbers of lines, none at all, or invalid UTF-8.
ChrfScore chrf(const std::vector<std::string>& hypotheses, const References& references,
               const ChrfOptions& options = {});

}  // namespace heed

#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "eval/rouge_score.h"
#include "eval/text_metric.h"

namespace heed {

enum class RougeKind { kUnigrams, kBigrams, kLongest, kSummary };  // rouge1, rouge2, rougeL, rougeLsum

// kAscii: runs of a to z and 0 to 9, as rouge-score's and the scores of papers; what is written in other letters is
// nothing to it. kUnicode: runs of letters, marks and digits, each character a word where a script has no spaces.
enum class RougeTokens { kAscii, kUnicode };

struct RougeOptions {
  RougeKind kind = RougeKind::kUnigrams;
  bool stems = false;  // words of more than three letters by their stem (eval/porter_stemmer.h), for English
  RougeTokens tokens = RougeTokens::kAscii;
  std::string sentence_end = {};  // of kSummary: what stands between the sentences of a line; empty: it is one sentence
};

std::vector<std::u32string> rouge_words(std::u32string_view text, const RougeOptions& options);

// ROUGE, the mean of F over lines; of several references the one with the best F. Statistics: the sums of precision,
// recall and F, and the lines.
class Rouge : public TextMetric {
 public:
  Rouge(RougeOptions options, const std::string& num_references);

  std::vector<double> statistics(const std::string& hypothesis, std::span<const std::string> references) const override;
  Score score(std::span<const double> sums) const override;
  double value(std::span<const double> sums) const override;
  double value(std::span<const float> sums) const override;

 private:
  RougeOptions options_;
  std::string num_references_;
};

}  // namespace heed

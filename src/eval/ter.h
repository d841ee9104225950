#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "eval/signature.h"
#include "eval/text_metric.h"

namespace heed {

// How TER cuts a line into words, as tercom's Normalizer (sacreBLEU 2.6.0, tokenizers/tokenizer_ter.py).
struct TerOptions {
  bool normalized = false;      // entities resolved, punctuation apart
  bool no_punctuation = false;  // . , ? : ; ! " ( ) left out
  bool asian = false;           // both of these for Chinese and Japanese, too, whose characters stand apart
  bool case_sensitive = false;
};

std::vector<std::u32string> ter_words(std::u32string_view line, const TerOptions& options);

// TER (eval/edit_rate.h), equal to sacreBLEU 2.6.0: edits per word of the references, less is better, above 100 where
// more words are wrong than there are; of several references the fewest edits, and their mean length. Statistics:
// edits, length.
class Ter : public TextMetric {
 public:
  Ter(const TerOptions& options, const std::string& num_references);

  std::vector<double> statistics(const std::string& hypothesis, std::span<const std::string> references) const override;
  Score score(std::span<const double> sums) const override;
  double value(std::span<const double> sums) const override;
  double value(std::span<const float> sums) const override;
  bool less_is_better() const override { return true; }

 private:
  TerOptions options_;
  std::string num_references_;
};

}  // namespace heed

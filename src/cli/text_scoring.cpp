#include "cli/text_scoring.h"

#include <algorithm>
#include <utility>

#include "core/logging.h"
#include "core/thread_team.h"

namespace heed {

TextScoring::TextScoring(const ScoringOptions& options, const MetricOptions& base)
    : names_(options.metrics),
      metric_options_(options.with(base)),
      has_bleu_(std::count(names_.begin(), names_.end(), "bleu") > 0),
      references_(options.optional_references),
      metrics_(make_metrics(names_, references_.text(), metric_options_)),
      sums_(metrics_.size()),
      fit_(metric_options_.bleu.tokenizer) {}

void TextScoring::add(ScoredTexts line) {
  if (line.front().ends_with(" .")) ++tokenized_;
  references_.take(line, 1);
  pending_.push_back(std::move(line));
  if (pending_.size() == kScoredTogether) add_pending();
}

void TextScoring::add_pending() {
  const auto found = statistics_of(metrics_, pending_, 1);
  for (size_t i = 0; i < found.size(); ++i) add_line(found[i], sums_[i % metrics_.size()]);
  if (has_bleu_) {
    std::vector<TokenizerFit::Counts> counts(pending_.size());
    parallel_for(static_cast<int64_t>(counts.size()), 64, [&](int64_t begin, int64_t end) {
      for (auto i = static_cast<size_t>(begin); i < static_cast<size_t>(end); ++i)
        counts[i] = fit_.counts(pending_[i][1]);
    });
    for (const TokenizerFit::Counts& one : counts) fit_counts_ += one;
  }
  pending_.clear();
}

std::vector<Score> TextScoring::scores(const std::string& name) {
  add_pending();
  if (has_bleu_) warn(name);
  metrics_ = make_metrics(names_, references_.text(), metric_options_);  // now that their number is known
  std::vector<Score> scores;
  for (size_t i = 0; i < metrics_.size(); ++i) scores.push_back(metrics_[i]->score(sums_[i]));
  return scores;
}

void TextScoring::warn(const std::string& name) const {
  constexpr int64_t kMany = 100;  // as sacreBLEU
  if (metric_options_.bleu.tokenizer != BleuTokenizer::kNone && tokenized_ >= kMany)
    log_warning(name + ": " + std::to_string(tokenized_) +
                " lines end in ' .': BLEU expects plain text; detokenize it, or its scores compare with nobody's");
  if (const auto warning = fit_.warning(fit_counts_)) log_warning(*warning);
}

}  // namespace heed

#include "decode/token_rules.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include "decode/hypothesis.h"

namespace heed {
namespace {

constexpr float kNever = -std::numeric_limits<float>::infinity();

}  // namespace

void MinimumLength::apply(std::span<const int64_t> hypothesis, std::span<float> logits, double /*log_sum_exp*/) const {
  if (static_cast<int64_t>(hypothesis.size()) < length_) logits[static_cast<size_t>(eos_)] = kNever;
}

void NoRepeatedNgrams::apply(std::span<const int64_t> hypothesis, std::span<float> logits,
                             double /*log_sum_exp*/) const {
  if (hypothesis.size() < size_) return;
  const auto end = hypothesis.last(size_ - 1);
  for (size_t i = 0; i + size_ <= hypothesis.size(); ++i)
    if (std::equal(end.begin(), end.end(), hypothesis.begin() + static_cast<int64_t>(i)))
      logits[static_cast<size_t>(hypothesis[i + size_ - 1])] = kNever;
}

void RepetitionPenalty::apply(std::span<const int64_t> hypothesis, std::span<float> logits, double log_sum_exp) const {
  std::vector<int64_t> seen(hypothesis.begin(), hypothesis.end());
  std::sort(seen.begin(), seen.end());
  seen.erase(std::unique(seen.begin(), seen.end()), seen.end());
  for (const int64_t token : seen) {
    float& logit = logits[static_cast<size_t>(token)];
    logit = static_cast<float>(log_sum_exp + penalty_ * (logit - log_sum_exp));
  }
}

void TargetPrefix::apply(std::span<const int64_t> hypothesis, std::span<float> logits, double /*log_sum_exp*/) const {
  if (hypothesis.size() >= tokens_.size()) return;
  const auto next = static_cast<size_t>(tokens_[hypothesis.size()]);
  const float kept = logits[next];
  std::fill(logits.begin(), logits.end(), kNever);
  logits[next] = kept;
}

void AvoidedPhrase::apply(std::span<const int64_t> hypothesis, std::span<float> logits, double /*log_sum_exp*/) const {
  const std::span all(tokens_), start = all.first(all.size() - 1);
  if (hypothesis.size() < start.size()) return;
  const auto end = hypothesis.last(start.size());
  if (std::equal(start.begin(), start.end(), end.begin())) logits[static_cast<size_t>(all.back())] = kNever;
}

TokenRules token_rules(const DecodeConfig& config, const SpecialIds& special, int64_t source_length) {
  TokenRules rules;
  const int64_t shortest = minimum_length(config, source_length);
  if (shortest > 1) rules.push_back(std::make_shared<MinimumLength>(shortest, special.eos));
  if (config.no_repeat_ngram_size > 0) rules.push_back(std::make_shared<NoRepeatedNgrams>(config.no_repeat_ngram_size));
  if (config.repetition_penalty != 1) rules.push_back(std::make_shared<RepetitionPenalty>(config.repetition_penalty));
  return rules;
}

RuledScores::RuledScores(const RowScores& next, const TokenRules& rules,
                         const std::function<std::vector<int64_t>(size_t row)>& tokens_of)
    : scores_(next) {
  if (rules.empty()) return;
  scores_.largest = {};  // rules may lift a logit, too
  own_.assign(next.logits.begin(), next.logits.end());
  const size_t rows = next.log_sum_exps.size(), vocabulary_size = next.logits.size() / rows;
  for (size_t row = 0; row < rows; ++row) {
    const std::vector<int64_t> hypothesis = tokens_of(row);
    for (const auto& rule : rules)
      rule->apply(hypothesis, next.logits.subspan(row * vocabulary_size, vocabulary_size), next.log_sum_exps[row]);
  }
}

double RuledScores::log_prob(int32_t row, int32_t token) const {
  const std::span<const float> logits = own_.empty() ? std::span<const float>(scores_.logits) : own_;
  const size_t vocabulary_size = logits.size() / scores_.log_sum_exps.size();
  return logits[static_cast<size_t>(row) * vocabulary_size + static_cast<size_t>(token)] -
         scores_.log_sum_exps[static_cast<size_t>(row)];
}

}  // namespace heed

#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <span>
#include <vector>

#include "config/decode_config.h"
#include "decode/candidates.h"
#include "text/vocabulary.h"

namespace heed {

// Changes what one hypothesis says of the next token: takes tokens away, by -infinity, or makes them less probable. The
// others gain nothing by it.
class TokenRule {
 public:
  virtual ~TokenRule() = default;
  // `hypothesis`: its tokens so far, without bos. log p = logit - log_sum_exp.
  virtual void apply(std::span<const int64_t> hypothesis, std::span<float> logits, double log_sum_exp) const = 0;
};
using TokenRules = std::vector<std::shared_ptr<const TokenRule>>;

// No eos before so many tokens.
class MinimumLength : public TokenRule {
 public:
  MinimumLength(int64_t length, int64_t eos) : length_(length), eos_(eos) {}
  void apply(std::span<const int64_t> hypothesis, std::span<float> logits, double log_sum_exp) const override;

 private:
  int64_t length_, eos_;
};

// No `size` tokens in a row that stand in the hypothesis already (Paulus et al. 2018, section 2.5).
class NoRepeatedNgrams : public TokenRule {
 public:
  explicit NoRepeatedNgrams(int64_t size) : size_(static_cast<size_t>(size)) {}
  void apply(std::span<const int64_t> hypothesis, std::span<float> logits, double log_sum_exp) const override;

 private:
  size_t size_;
};

// Tokens of the hypothesis have `penalty` times their log probability (Keskar et al. 2019, section 4.1, who divide
// logits; of log probabilities, as Hugging Face's beam search).
class RepetitionPenalty : public TokenRule {
 public:
  explicit RepetitionPenalty(double penalty) : penalty_(penalty) {}
  void apply(std::span<const int64_t> hypothesis, std::span<float> logits, double log_sum_exp) const override;

 private:
  double penalty_;
};

// Begins with these tokens.
class TargetPrefix : public TokenRule {
 public:
  explicit TargetPrefix(std::vector<int64_t> tokens) : tokens_(std::move(tokens)) {}
  void apply(std::span<const int64_t> hypothesis, std::span<float> logits, double log_sum_exp) const override;

 private:
  std::vector<int64_t> tokens_;
};

// These tokens never stand in a row.
class AvoidedPhrase : public TokenRule {
 public:
  explicit AvoidedPhrase(std::vector<int64_t> tokens) : tokens_(std::move(tokens)) {}  // REQUIRES: not empty
  void apply(std::span<const int64_t> hypothesis, std::span<float> logits, double log_sum_exp) const override;

 private:
  std::vector<int64_t> tokens_;
};

// Another rule, from `first` tokens on: what is given is not judged.
class RuleAfter : public TokenRule {
 public:
  RuleAfter(size_t first, std::shared_ptr<const TokenRule> rule) : first_(first), rule_(std::move(rule)) {}
  void apply(std::span<const int64_t> hypothesis, std::span<float> logits, double log_sum_exp) const override {
    if (hypothesis.size() >= first_) rule_->apply(hypothesis, logits, log_sum_exp);
  }

 private:
  size_t first_;
  std::shared_ptr<const TokenRule> rule_;
};

// Those that the config asks for, of the translation of a source of `source_length` encoder positions.
TokenRules token_rules(const DecodeConfig& config, const SpecialIds& special, int64_t source_length);

// The rows of live hypotheses after the rules, and what the model itself said.
class RuledScores {
 public:
  // tokens_of(row): the hypothesis. Writes to `next`, where there are rules.
  RuledScores(const RowScores& next, const TokenRules& rules,
              const std::function<std::vector<int64_t>(size_t row)>& tokens_of);

  const RowScores& scores() const { return scores_; }
  double log_prob(int32_t row, int32_t token) const;  // the model's

 private:
  RowScores scores_;
  std::vector<float> own_;  // the logits before the rules; empty: there are none
};

}  // namespace heed

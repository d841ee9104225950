#include "decode/diverse_beam_search.h"

#include <utility>

namespace heed {
namespace {

// A token is less attractive for each time that it has been chosen.
class HammingDiversity : public TokenRule {
 public:
  HammingDiversity(double penalty, std::shared_ptr<const std::vector<int64_t>> chosen)
      : penalty_(static_cast<float>(penalty)), chosen_(std::move(chosen)) {}
  void apply(std::span<const int64_t> /*hypothesis*/, std::span<float> logits, double /*log_sum_exp*/) const override {
    for (const int64_t token : *chosen_) logits[static_cast<size_t>(token)] -= penalty_;
  }

 private:
  float penalty_;
  std::shared_ptr<const std::vector<int64_t>> chosen_;
};

}  // namespace

DiverseBeamSearch::DiverseBeamSearch(const DecodeConfig& config, const SpecialIds& special, int64_t source_length,
                                     const TokenRules& rules, size_t given)
    : Search(config, special, source_length), of_group_(config), chosen_(std::make_shared<std::vector<int64_t>>()) {
  of_group_.beam_size = config.beam_size / config.beam_groups;
  TokenRules all = rules;
  all.push_back(
      std::make_shared<RuleAfter>(given, std::make_shared<HammingDiversity>(config.diversity_penalty, chosen_)));
  for (int64_t i = 0; i < config.beam_groups; ++i)
    groups_.push_back(std::make_unique<BeamSearch>(of_group_, special, source_length, all));
}

void DiverseBeamSearch::advance(const RowScores& next) {
  const bool first = is_first_step();
  count_step();
  const size_t vocabulary_size = next.logits.size() / live_.size();
  chosen_->clear();
  std::vector<Candidate> live;
  size_t begin = 0;  // of a group's rows; at first all groups have the same one
  for (const auto& group : groups_) {
    const size_t rows = group->live().size();
    if (group->done()) continue;
    const auto logits = next.logits.subspan(begin * vocabulary_size, rows * vocabulary_size);
    std::vector<float> of_group(logits.begin(), logits.end());  // rules write to it
    group->advance(RowScores{of_group, next.log_sum_exps.subspan(begin, rows)});
    chosen_->insert(chosen_->end(), group->taken().begin(), group->taken().end());
    for (Candidate candidate : group->live()) {
      candidate.row += static_cast<int32_t>(begin);
      live.push_back(candidate);
    }
    if (!first) begin += rows;
  }
  live_ = std::move(live);
}

std::vector<Hypothesis> DiverseBeamSearch::results() const {
  std::vector<Hypothesis> all;
  for (const auto& group : groups_)
    for (Hypothesis& one : group->results()) all.push_back(std::move(one));
  return ranked(std::move(all));
}

}  // namespace heed

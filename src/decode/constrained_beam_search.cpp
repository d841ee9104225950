#include "decode/constrained_beam_search.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <utility>

namespace heed {
namespace {

constexpr double kImpossible = -std::numeric_limits<double>::infinity();

}  // namespace

ConstrainedBeamSearch::ConstrainedBeamSearch(const DecodeConfig& config, const SpecialIds& special,
                                             int64_t source_length, TokenRules rules, PhraseProgress::Phrases phrases)
    : Search(config, special, source_length),
      phrases_(std::move(phrases)),
      rules_(std::move(rules)),
      rows_{{HypothesisTree::kRoot, 0, PhraseProgress(phrases_)}},
      best_finished_(kImpossible) {}

void ConstrainedBeamSearch::advance(const RowScores& next) {
  const RuledScores ruled(next, rules_, [&](size_t row) { return tree_.tokens(rows_[row].node); });
  const size_t vocabulary_size = next.logits.size() / rows_.size();
  for (size_t row = 0; row < rows_.size(); ++row)
    if (rows_[row].progress.num_missing() > 0)
      next.logits[row * vocabulary_size + static_cast<size_t>(special_.eos)] = -INFINITY;
  std::vector<Option> options = chosen(this->options(ruled));
  const bool last_step = count_step();
  go_on(options, ruled, last_step);
}

std::vector<ConstrainedBeamSearch::Option> ConstrainedBeamSearch::options(const RuledScores& ruled) const {
  const size_t vocabulary_size = ruled.scores().logits.size() / rows_.size();
  std::vector<double> ranks;
  for (const Candidate& hypothesis : live_) ranks.push_back(hypothesis.log_probability);
  std::vector<Candidate> candidates =
      best_candidates(ruled.scores(), ranks, static_cast<size_t>(config_.beam_size), forbidden());
  for (size_t row = 0; row < rows_.size(); ++row) {
    const RowScores of_row{ruled.scores().logits.subspan(row * vocabulary_size, vocabulary_size),
                           ruled.scores().log_sum_exps.subspan(row, 1)};
    const auto number = static_cast<int32_t>(row);
    for (Candidate best : best_candidates(of_row, std::span(ranks).subspan(row, 1), 1, forbidden())) {
      best.row = number;
      candidates.push_back(best);
    }
    for (const int64_t token : rows_[row].progress.next_tokens()) {
      const double log_prob = double{of_row.logits[static_cast<size_t>(token)]} - of_row.log_sum_exps[0];
      if (log_prob > kImpossible) candidates.push_back({ranks[row] + log_prob, number, static_cast<int32_t>(token)});
    }
  }
  const auto place = [](const Candidate& one) { return std::pair(one.row, one.token); };
  std::sort(candidates.begin(), candidates.end(),
            [&](const Candidate& a, const Candidate& b) { return place(a) < place(b); });
  candidates.erase(std::unique(candidates.begin(), candidates.end(),
                               [&](const Candidate& a, const Candidate& b) { return place(a) == place(b); }),
                   candidates.end());
  std::sort(candidates.begin(), candidates.end(), is_better);

  std::vector<Option> options;
  for (const Candidate& candidate : candidates) {
    PhraseProgress progress = rows_[static_cast<size_t>(candidate.row)].progress;
    if (candidate.token != special_.eos) progress.advance(candidate.token);
    if (progress.num_missing() < tokens_left()) options.push_back({candidate, std::move(progress)});
  }
  return options;
}

// In turn the best that has most of the phrases' tokens, the best that has one less, ...: beam_size of them that go on,
// and what ends before them. Best first.
std::vector<ConstrainedBeamSearch::Option> ConstrainedBeamSearch::chosen(std::vector<Option> options) const {
  std::stable_sort(options.begin(), options.end(), [](const Option& a, const Option& b) {
    return a.progress.num_met() > b.progress.num_met();  // banks, each in the order of candidates
  });
  std::vector<std::pair<int64_t, size_t>> turns;  // an option's place in its bank, and its number
  for (size_t i = 0; i < options.size(); ++i) {
    const bool first = i == 0 || options[i].progress.num_met() != options[i - 1].progress.num_met();
    turns.emplace_back(first ? 0 : turns.back().first + 1, i);
  }
  std::sort(turns.begin(), turns.end());
  std::vector<Option> result;
  int64_t going_on = 0;
  for (const auto& [turn, i] : turns) {
    if (going_on == config_.beam_size) break;
    if (options[i].candidate.token != special_.eos) ++going_on;
    result.push_back(options[i]);
  }
  std::sort(result.begin(), result.end(),
            [](const Option& a, const Option& b) { return is_better(a.candidate, b.candidate); });
  return result;
}

void ConstrainedBeamSearch::go_on(const std::vector<Option>& options, const RuledScores& ruled, bool last_step) {
  std::vector<Live> rows;
  live_.clear();
  for (const Option& option : options) {
    const Candidate& candidate = option.candidate;
    const Live& parent = rows_[static_cast<size_t>(candidate.row)];
    const LastToken next{candidate.token, ruled.log_prob(candidate.row, candidate.token)};
    if (candidate.token == special_.eos || last_step) {
      finished_.push_back(finished(parent.node, parent.log_probability, next, candidate.log_probability));
      best_finished_ = std::max(best_finished_, candidate.log_probability);
      continue;
    }
    rows.push_back(
        {tree_.add(parent.node, next.token, next.log_prob), parent.log_probability + next.log_prob, option.progress});
    live_.push_back(candidate);
  }
  rows_ = std::move(rows);
  if (enough_finished()) live_.clear();
}

bool ConstrainedBeamSearch::enough_finished() const {
  if (static_cast<int64_t>(finished_.size()) >= config_.hypotheses_to_finish()) return true;
  if (config_.length_penalty != 0 || config_.patience != 1 || hypotheses_wanted(config_) > 1) return false;
  return std::all_of(live_.begin(), live_.end(),
                     [&](const Candidate& one) { return one.log_probability <= best_finished_; });
}

}  // namespace heed

#include "decode/search_sentences.h"

#include <algorithm>
#include <cstddef>
#include <memory>
#include <span>
#include <utility>

#include "core/thread_team.h"
#include "decode/beam_search.h"
#include "decode/constrained_beam_search.h"
#include "decode/diverse_beam_search.h"
#include "decode/ensemble.h"
#include "decode/sampling_search.h"
#include "decode/token_rules.h"

namespace heed {
namespace {

std::unique_ptr<Search> make_search(const DecodeConfig& config, const SpecialIds& special, int64_t source_length,
                                    const LineWishes& wishes) {
  TokenRules rules = token_rules(config, special, source_length);
  const size_t given = wishes.prefix.size();
  if (given > 0) {
    for (auto& rule : rules) rule = std::make_shared<RuleAfter>(given, rule);
    rules.push_back(std::make_shared<TargetPrefix>(wishes.prefix));
  }
  for (const auto& phrase : wishes.avoided) rules.push_back(std::make_shared<AvoidedPhrase>(phrase));
  if (!wishes.phrases.empty())
    return std::make_unique<ConstrainedBeamSearch>(config, special, source_length, std::move(rules), wishes.phrases);
  if (config.sampling)
    return std::make_unique<SamplingSearch>(config, special, source_length, wishes.key, std::move(rules));
  if (config.beam_groups > 1) return std::make_unique<DiverseBeamSearch>(config, special, source_length, rules, given);
  return std::make_unique<BeamSearch>(config, special, source_length, std::move(rules));
}

// The sentences still searching, and where their rows lie in the model's batch.
class ActiveSentences {
 public:
  explicit ActiveSentences(const std::vector<std::unique_ptr<Search>>& searches) : searches_(searches) { gather(); }

  int64_t num_rows() const { return starts_.back(); }

  // One step: tells every sentence what may follow, and returns, for every row of the next step, the row it comes from.
  // A GPU lists the best tokens itself: all scores take longer to copy than to compute.
  std::vector<int64_t> advance(Ensemble& ensemble) {
    const Search& any = *active_.front();  // all are at the same step
    const bool listed =
        std::all_of(active_.begin(), active_.end(), [](const Search* one) { return one->num_listed() > 0; });
    if (ensemble.lists_best() && listed)
      return advance(ensemble.best(tokens(), static_cast<int64_t>(any.num_listed()), any.forbidden()));
    const TokenScores scores = ensemble.scores(tokens());
    return advance(TokenScores{scores.logits.cpu(), scores.log_sum_exp.cpu(), scores.largest});
  }

 private:
  std::vector<int64_t> tokens() const {
    return of_live([](const Candidate& c, int64_t) { return int64_t{c.token}; });
  }

  std::vector<int64_t> advance(const TokenScores& scores) {
    const auto vocabulary_size = static_cast<size_t>(scores.logits.size(1));
    float* logits = scores.logits.mutable_data_ptr<float>();
    const double* log_sum_exps = scores.log_sum_exp.const_data_ptr<double>();
    const size_t blocks = scores.largest.defined() ? static_cast<size_t>(scores.largest.size(1)) : 0;
    const float* largest = blocks > 0 ? scores.largest.const_data_ptr<float>() : nullptr;
    return advance_each(1, [&](Search& search, size_t start, size_t rows) {
      search.advance(RowScores{std::span(logits + start * vocabulary_size, rows * vocabulary_size),
                               std::span(log_sum_exps + start, rows),
                               std::span(largest + start * blocks, rows * blocks)});
    });
  }
  std::vector<int64_t> advance(const BestTokens& best) {
    const auto count = static_cast<size_t>(best.tokens.size(1));
    const float* log_probs = best.log_probs.const_data_ptr<float>();
    const int32_t* tokens = best.tokens.const_data_ptr<int32_t>();
    constexpr int64_t kGrain = 512;  // a sentence takes microseconds
    return advance_each(kGrain, [&](Search& search, size_t start, size_t rows) {
      search.advance(ListedTokens{std::span(log_probs + start * count, rows * count),
                                  std::span(tokens + start * count, rows * count)});
    });
  }

  // feed(search, first row, rows) for all, at least `grain` of them a thread.
  template <class Feed>
  std::vector<int64_t> advance_each(int64_t grain, Feed feed) {
    parallel_for(static_cast<int64_t>(active_.size()), grain, [&](int64_t begin, int64_t end) {
      for (auto i = static_cast<size_t>(begin); i < static_cast<size_t>(end); ++i)
        feed(*active_[i], static_cast<size_t>(starts_[i]), active_[i]->live().size());
    });
    auto origins = of_live([](const Candidate& c, int64_t start) { return start + c.row; });
    gather();
    return origins;
  }

  void gather() {
    active_.clear();
    starts_ = {0};
    for (const auto& search : searches_) {
      if (search->done()) continue;
      active_.push_back(search.get());
      starts_.push_back(starts_.back() + static_cast<int64_t>(search->live().size()));
    }
  }

  template <class Value>
  std::vector<int64_t> of_live(Value value) const {
    std::vector<int64_t> values;
    for (size_t i = 0; i < active_.size(); ++i)
      for (const Candidate& candidate : active_[i]->live()) values.push_back(value(candidate, starts_[i]));
    return values;
  }

  const std::vector<std::unique_ptr<Search>>& searches_;
  std::vector<Search*> active_;
  std::vector<int64_t> starts_;  // of the rows of each, and their end
};

}  // namespace

std::vector<std::vector<Hypothesis>> search_sentences(std::vector<EncoderDecoder>& models,
                                                      const std::vector<Memory>& memories, const DecodeConfig& config,
                                                      const SpecialIds& special,
                                                      const std::vector<LineWishes>& wishes) {
  const torch::NoGradGuard no_grad;
  const auto& lengths = memories.front().segments.lengths();
  TORCH_CHECK(wishes.empty() || wishes.size() == lengths.size(), "expected wishes for each sentence, or none");
  std::vector<std::unique_ptr<Search>> searches;
  for (size_t i = 0; i < lengths.size(); ++i)
    searches.push_back(make_search(config, special, lengths[i], wishes.empty() ? LineWishes() : wishes[i]));
  std::vector<Decoding> decodings;
  for (size_t i = 0; i < models.size(); ++i) decodings.emplace_back(*models[i], memories[i], special.unk);
  Ensemble ensemble(std::move(decodings));
  for (ActiveSentences active(searches); active.num_rows() > 0;) ensemble.select(active.advance(ensemble));

  std::vector<std::vector<Hypothesis>> results;
  for (const auto& search : searches) results.push_back(search->results());
  return results;
}

std::vector<std::vector<Hypothesis>> search_sentences(EncoderDecoder& model, const Memory& memory,
                                                      const DecodeConfig& config, const SpecialIds& special,
                                                      const std::vector<LineWishes>& wishes) {
  std::vector<EncoderDecoder> models = {model};
  return search_sentences(models, {memory}, config, special, wishes);
}

}  // namespace heed

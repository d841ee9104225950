#include "decode/beam_search.h"

#include <ATen/Parallel.h>

#include <cstddef>
#include <span>

#include "model/decoding.h"

namespace heed {
namespace {

// The sentences still searching, and where their rows lie in the model's batch.
class ActiveSentences {
 public:
  explicit ActiveSentences(std::vector<SentenceSearch>& searches) : searches_(searches) { gather(); }

  int64_t num_rows() const { return starts_.back(); }

  // One step: tells every sentence what may follow, and returns, for every row of the next step, the row it comes from.
  // A GPU lists the best tokens itself: all scores take longer to copy than to compute.
  std::vector<int64_t> advance(Decoding& decoding) {
    if (!decoding.on_cuda()) return advance(decoding.scores(tokens()));
    const auto count = static_cast<int64_t>(any().num_candidates());
    return advance(decoding.best(tokens(), count, any().forbidden()));
  }

 private:
  std::vector<int64_t> tokens() const {
    return of_live([](const Candidate& c, int64_t) { return int64_t{c.token}; });
  }

  std::vector<int64_t> advance(const TokenScores& scores) {
    const auto vocabulary_size = static_cast<size_t>(scores.logits.size(1));
    const float* logits = scores.logits.const_data_ptr<float>();
    const double* log_sum_exps = scores.log_sum_exp.const_data_ptr<double>();
    return advance_each(1, [&](SentenceSearch& search, size_t start, size_t rows) {
      search.advance(RowScores{std::span(logits + start * vocabulary_size, rows * vocabulary_size),
                               std::span(log_sum_exps + start, rows)});
    });
  }
  std::vector<int64_t> advance(const BestTokens& best) {
    const auto count = static_cast<size_t>(best.tokens.size(1));
    const float* log_probs = best.log_probs.const_data_ptr<float>();
    const int32_t* tokens = best.tokens.const_data_ptr<int32_t>();
    constexpr int64_t kGrain = 512;  // a sentence takes microseconds
    return advance_each(kGrain, [&](SentenceSearch& search, size_t start, size_t rows) {
      search.advance(ListedTokens{std::span(log_probs + start * count, rows * count),
                                  std::span(tokens + start * count, rows * count)});
    });
  }
  const SentenceSearch& any() const { return *active_.front(); }  // all are at the same step

  // feed(search, first row, rows) for all, at least `grain` of them a thread.
  template <class Feed>
  std::vector<int64_t> advance_each(int64_t grain, Feed feed) {
    at::parallel_for(0, static_cast<int64_t>(active_.size()), grain, [&](int64_t begin, int64_t end) {
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
    for (SentenceSearch& search : searches_) {
      if (search.done()) continue;
      active_.push_back(&search);
      starts_.push_back(starts_.back() + static_cast<int64_t>(search.live().size()));
    }
  }

  template <class Value>
  std::vector<int64_t> of_live(Value value) const {
    std::vector<int64_t> values;
    for (size_t i = 0; i < active_.size(); ++i)
      for (const Candidate& candidate : active_[i]->live()) values.push_back(value(candidate, starts_[i]));
    return values;
  }

  std::vector<SentenceSearch>& searches_;
  std::vector<SentenceSearch*> active_;
  std::vector<int64_t> starts_;  // of the rows of each, and their end
};

}  // namespace

std::vector<std::vector<Hypothesis>> beam_search(EncoderDecoder& model, const Memory& memory,
                                                 const DecodeConfig& config, const SpecialIds& special) {
  const torch::NoGradGuard no_grad;
  std::vector<SentenceSearch> searches;
  for (const int32_t length : memory.segments.lengths()) searches.emplace_back(config, special, length);
  Decoding decoding(*model, memory);
  for (ActiveSentences active(searches); active.num_rows() > 0;) decoding.select(active.advance(decoding));

  std::vector<std::vector<Hypothesis>> results;
  for (const SentenceSearch& search : searches) results.push_back(search.results());
  return results;
}

}  // namespace heed

#include "decode/candidates.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include "kernels/log_sum_exp.h"

namespace heed {
namespace {

constexpr auto kBlock = static_cast<size_t>(kLargestOf);

bool any_above(const float* values, size_t size, float bar) {
  int found = 0;
  for (size_t i = 0; i < size; ++i) found |= values[i] > bar;
  return found != 0;
}

// The best `count` of what it is offered, as a heap with the worst on top. Candidates must be offered in the order that
// breaks ties: then one that merely equals the worst can be turned away.
class BestOf {
 public:
  BestOf(size_t count, std::span<const int64_t> forbidden) : count_(count), forbidden_(forbidden) {
    heap_.reserve(count);
  }

  // A whole row of a hypothesis; blocks in which no logit can enter are passed over without a closer look, or any where
  // the largest of each is known.
  void offer_row(std::span<const float> logits, std::span<const float> largest, double log_sum_exp, int32_t row,
                 double hypothesis) {
    float lowest = bar(log_sum_exp, hypothesis);
    for (size_t begin = 0; begin < logits.size(); begin += kBlock) {
      const size_t size = std::min(kBlock, logits.size() - begin);
      if (largest.empty() ? !any_above(logits.data() + begin, size, lowest) : !(largest[begin / kBlock] > lowest))
        continue;
      for (size_t i = begin; i < begin + size; ++i)
        if (logits[i] > lowest) offer({hypothesis + (logits[i] - log_sum_exp), row, static_cast<int32_t>(i)});
      lowest = bar(log_sum_exp, hypothesis);
    }
  }

  std::vector<Candidate> take() {
    std::sort_heap(heap_.begin(), heap_.end(), is_better);
    return std::move(heap_);
  }

 private:
  bool full() const { return heap_.size() == count_; }

  // No logit at or below it can enter, rounding of the sums allowed for.
  float bar(double log_sum_exp, double hypothesis) const {
    if (!full()) return -std::numeric_limits<float>::infinity();
    const double worst = heap_.front().log_probability;
    const double slack = 1e-12 * (1 + std::abs(worst) + std::abs(hypothesis) + std::abs(log_sum_exp));
    return std::nextafter(static_cast<float>(worst - hypothesis + log_sum_exp - slack),
                          -std::numeric_limits<float>::infinity());
  }

  void offer(const Candidate& candidate) {
    const double worst = full() ? heap_.front().log_probability : -std::numeric_limits<double>::infinity();
    if (!(candidate.log_probability > worst)) return;
    if (std::find(forbidden_.begin(), forbidden_.end(), candidate.token) != forbidden_.end()) return;
    if (full()) {
      std::pop_heap(heap_.begin(), heap_.end(), is_better);
      heap_.pop_back();
    }
    heap_.push_back(candidate);
    std::push_heap(heap_.begin(), heap_.end(), is_better);
  }

  size_t count_;
  std::span<const int64_t> forbidden_;
  std::vector<Candidate> heap_;
};

}  // namespace

bool is_better(const Candidate& a, const Candidate& b) {
  if (a.log_probability != b.log_probability) return a.log_probability > b.log_probability;
  return a.row != b.row ? a.row < b.row : a.token < b.token;
}

std::vector<Candidate> best_candidates(const RowScores& next, std::span<const double> row_log_probabilities,
                                       size_t count, std::span<const int64_t> forbidden) {
  BestOf best(count, forbidden);
  const size_t rows = row_log_probabilities.size(), vocabulary_size = rows == 0 ? 0 : next.logits.size() / rows;
  const size_t blocks = rows == 0 ? 0 : next.largest.size() / rows;
  for (size_t row = 0; row < rows; ++row)
    best.offer_row(next.logits.subspan(row * vocabulary_size, vocabulary_size),
                   next.largest.subspan(row * blocks, blocks), next.log_sum_exps[row], static_cast<int32_t>(row),
                   row_log_probabilities[row]);
  return best.take();
}

std::vector<Candidate> best_candidates(const ListedTokens& listed, std::span<const double> row_log_probabilities,
                                       size_t count) {
  const size_t rows = row_log_probabilities.size(), of_row = rows == 0 ? 0 : listed.tokens.size() / rows;
  std::vector<Candidate> all;
  for (size_t i = 0; i < rows * of_row; ++i) {
    if (!(listed.log_probs[i] > -std::numeric_limits<float>::infinity())) continue;
    const size_t row = i / of_row;
    all.push_back({row_log_probabilities[row] + listed.log_probs[i], static_cast<int32_t>(row), listed.tokens[i]});
  }
  const auto last = all.begin() + static_cast<int64_t>(std::min(count, all.size()));
  std::partial_sort(all.begin(), last, all.end(), is_better);
  all.erase(last, all.end());
  return all;
}

}  // namespace heed

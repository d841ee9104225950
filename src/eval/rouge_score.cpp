#include "eval/rouge_score.h"

#include <algorithm>
#include <map>
#include <set>
#include <span>

namespace heed {
namespace {

using Counts = std::map<uint32_t, int64_t>;

RougeScore score_of(int64_t both, int64_t of_summary, int64_t of_reference) {
  RougeScore score{static_cast<double>(both) / static_cast<double>(of_summary),
                   static_cast<double>(both) / static_cast<double>(of_reference), 0};
  const double sum = score.precision + score.recall;
  if (sum > 0) score.f = 2 * score.precision * score.recall / sum;
  return score;
}

// Lengths of the longest common subsequences of all their beginnings: (words of a + 1, words of b + 1).
class Subsequences {
 public:
  Subsequences(const RougeWords& a, const RougeWords& b) : a_(a), b_(b), lengths_((a.size() + 1) * (b.size() + 1)) {
    for (size_t i = 1; i <= a.size(); ++i)
      for (size_t j = 1; j <= b.size(); ++j)
        at(i, j) = a[i - 1] == b[j - 1] ? at(i - 1, j - 1) + 1 : std::max(at(i - 1, j), at(i, j - 1));
  }

  int64_t longest() const { return lengths_.back(); }

  // Adds the places in `a` of one of the longest: towards the beginning of `a` where both ways are as long.
  void add_places(std::set<size_t>& places) const {
    for (size_t i = a_.size(), j = b_.size(); i > 0 && j > 0;) {
      if (a_[i - 1] == b_[j - 1]) {
        places.insert(--i);
        --j;
      } else if (at(i, j - 1) > at(i - 1, j)) {
        --j;
      } else {
        --i;
      }
    }
  }

 private:
  int32_t& at(size_t i, size_t j) { return lengths_[i * (b_.size() + 1) + j]; }
  int32_t at(size_t i, size_t j) const { return lengths_[i * (b_.size() + 1) + j]; }

  const RougeWords &a_, &b_;
  std::vector<int32_t> lengths_;
};

int64_t total_size(const std::vector<RougeWords>& sentences) {
  int64_t total = 0;
  for (const RougeWords& sentence : sentences) total += static_cast<int64_t>(sentence.size());
  return total;
}

Counts counts_of(const std::vector<RougeWords>& sentences) {
  Counts counts;
  for (const RougeWords& sentence : sentences)
    for (const uint32_t word : sentence) ++counts[word];
  return counts;
}

std::map<std::vector<uint32_t>, int64_t> ngrams_of(const RougeWords& words, size_t n) {
  std::map<std::vector<uint32_t>, int64_t> counts;
  for (auto first = words.begin(); static_cast<size_t>(words.end() - first) >= n; ++first)
    ++counts[{first, first + static_cast<int64_t>(n)}];
  return counts;
}

}  // namespace

RougeScore rouge_n(const RougeWords& summary, const RougeWords& reference, int64_t n) {
  const auto size = static_cast<size_t>(n);
  const auto ours = ngrams_of(summary, size), theirs = ngrams_of(reference, size);
  int64_t both = 0;
  for (const auto& [ngram, count] : theirs)
    if (const auto found = ours.find(ngram); found != ours.end()) both += std::min(count, found->second);
  const auto total = [&](const RougeWords& words) {
    return std::max<int64_t>(1, static_cast<int64_t>(words.size()) - n + 1);
  };
  return score_of(both, total(summary), total(reference));
}

RougeScore rouge_l(const RougeWords& summary, const RougeWords& reference) {
  if (summary.empty() || reference.empty()) return {};
  return score_of(Subsequences(reference, summary).longest(), static_cast<int64_t>(summary.size()),
                  static_cast<int64_t>(reference.size()));
}

RougeScore rouge_lsum(const std::vector<RougeWords>& summary, const std::vector<RougeWords>& reference) {
  const int64_t of_summary = total_size(summary), of_reference = total_size(reference);
  if (of_summary == 0 || of_reference == 0) return {};
  Counts ours = counts_of(summary), theirs = counts_of(reference);
  int64_t hits = 0;
  for (const RougeWords& sentence : reference) {
    std::set<size_t> places;
    for (const RougeWords& other : summary) Subsequences(sentence, other).add_places(places);
    for (const size_t place : places) {
      int64_t &left = ours[sentence[place]], &wanted = theirs[sentence[place]];
      if (left <= 0 || wanted <= 0) continue;
      ++hits;
      --left;
      --wanted;
    }
  }
  return score_of(hits, of_summary, of_reference);
}

}  // namespace heed

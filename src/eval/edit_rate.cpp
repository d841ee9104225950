#include "eval/edit_rate.h"

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <optional>
#include <tuple>

namespace heed {
namespace {

using Words = std::vector<uint32_t>;

constexpr int64_t kMostShifted = 10, kFarthest = 50, kMostCandidates = 1000;
constexpr int64_t kBeam = 25;
constexpr int64_t kUnreached = int64_t{10'000'000'000'000'000};

enum class Edit : char { kNone, kKeep, kSubstitute, kDelete, kInsert };  // of a hypothesis, to make the reference

// Edit distances to one reference.
class EditDistances {
 public:
  explicit EditDistances(const Words& reference) : reference_(reference) {}

  int64_t to_reference(const Words& hypothesis) {
    fill(hypothesis);
    return costs_.back();
  }
  // The edits of the hypothesis of the last call, in order.
  std::vector<Edit> edits() const {
    std::vector<Edit> all;
    size_t i = costs_.size() / columns() - 1, j = reference_.size();
    while (i > 0 || j > 0) {
      const Edit edit = i == 0 ? Edit::kInsert : edits_[i * columns() + j];
      all.push_back(edit);
      if (edit != Edit::kInsert) --i;
      if (edit != Edit::kDelete) --j;
    }
    std::reverse(all.begin(), all.end());
    return all;
  }

 private:
  size_t columns() const { return reference_.size() + 1; }

  // Rows of words that the hypothesis before had too stay as they are.
  void fill(const Words& hypothesis) {
    const size_t rows = hypothesis.size() + 1, known = same_rows(hypothesis);
    costs_.resize(rows * columns());
    edits_.resize(rows * columns());
    for (size_t j = 0; j < columns(); ++j) costs_[j] = static_cast<int64_t>(j);
    for (size_t i = known; i < rows; ++i) fill_row(hypothesis, i);
    last_ = hypothesis;
  }
  size_t same_rows(const Words& hypothesis) const {
    if (last_.size() != hypothesis.size()) return 1;  // its diagonal is another
    const auto differing = std::mismatch(hypothesis.begin(), hypothesis.end(), last_.begin()).first;
    return static_cast<size_t>(differing - hypothesis.begin()) + 1;
  }

  void fill_row(const Words& hypothesis, size_t i) {
    const auto length = static_cast<int64_t>(reference_.size());
    const double ratio = static_cast<double>(length) / static_cast<double>(hypothesis.size());
    const int64_t beam = kBeam < ratio / 2 ? static_cast<int64_t>(std::ceil(ratio / 2 + kBeam)) : kBeam;
    const auto diagonal = static_cast<int64_t>(std::floor(static_cast<double>(i) * ratio));
    const int64_t first = std::max<int64_t>(0, diagonal - beam);
    const int64_t end = i == hypothesis.size() ? length + 1 : std::min(length + 1, diagonal + beam);
    int64_t* row = &costs_[i * columns()];
    const int64_t* before = row - columns();
    Edit* edits = &edits_[i * columns()];
    std::fill_n(row, columns(), kUnreached);
    for (int64_t j = first; j < end; ++j) {
      const auto take = [&](int64_t cost, Edit edit) {
        if (cost >= row[j]) return;
        row[j] = cost;
        edits[j] = edit;
      };
      if (j > 0) {
        const bool same = hypothesis[i - 1] == reference_[static_cast<size_t>(j) - 1];
        take(before[j - 1] + (same ? 0 : 1), same ? Edit::kKeep : Edit::kSubstitute);
      }
      take(before[j] + 1, Edit::kDelete);
      if (j > 0) take(row[j - 1] + 1, Edit::kInsert);
    }
  }

  const Words& reference_;
  Words last_;
  std::vector<int64_t> costs_;  // (words of the hypothesis + 1, words of the reference + 1)
  std::vector<Edit> edits_;
};

// Which word of the hypothesis stands beside each of the reference, and which words are wrong.
struct Alignment {
  explicit Alignment(const std::vector<Edit>& edits) {
    int64_t word = -1;
    for (const Edit edit : edits) {
      const bool wrong = edit != Edit::kKeep;
      if (edit != Edit::kInsert) {
        ++word;
        wrong_in_hypothesis.push_back(wrong);
      }
      if (edit == Edit::kDelete) continue;
      beside.push_back(word);
      wrong_in_reference.push_back(wrong);
    }
  }
  static bool any(const std::vector<char>& wrong, int64_t first, int64_t count) {
    const auto begin = wrong.begin() + first;
    return std::any_of(begin, begin + count, [](char is_wrong) { return is_wrong != 0; });
  }

  std::vector<int64_t> beside;  // per word of the reference; -1: before the first
  std::vector<char> wrong_in_hypothesis, wrong_in_reference;
};

Words shifted(const Words& words, int64_t start, int64_t length, int64_t target) {
  const auto at = [&](int64_t i) { return words.begin() + std::min(i, static_cast<int64_t>(words.size())); };
  Words result;
  const auto append = [&](int64_t first, int64_t end) {
    if (first < end) result.insert(result.end(), at(first), at(end));
  };
  const auto size = static_cast<int64_t>(words.size());
  if (target < start) {
    append(0, target), append(start, start + length), append(target, start), append(start + length, size);
  } else if (target > start + length) {
    append(0, start), append(start + length, target), append(start, start + length), append(target, size);
  } else {  // within itself
    append(0, start), append(start + length, length + target), append(start, start + length);
    append(length + target, size);
  }
  return result;
}

// Tercom's ranking: the edits that are saved, the longest, the first, the one that goes least far.
struct Shift {
  int64_t saved, length, start, target;
  Words words;

  bool beats(const Shift& other) const {
    return std::tuple(saved, length, -start, -target) >
           std::tuple(other.saved, other.length, -other.start, -other.target);
  }
};

// Looks for the best shift among runs that both sides have.
class ShiftSearch {
 public:
  ShiftSearch(const Words& hypothesis, const Words& reference, EditDistances& distances, int64_t& candidates)
      : hypothesis_(hypothesis),
        reference_(reference),
        distances_(distances),
        candidates_(candidates),
        before_(distances.to_reference(hypothesis)),
        alignment_(distances.edits()) {}

  std::optional<Shift> best() {
    const auto length = static_cast<int64_t>(hypothesis_.size()),
               of_reference = static_cast<int64_t>(reference_.size());
    for (int64_t start = 0; start < length; ++start) {
      const int64_t end = std::min(of_reference, start + kFarthest + 1);
      for (int64_t place = std::max<int64_t>(0, start - kFarthest); place < end; ++place)
        if (!try_runs(start, place)) return best_;
    }
    return best_;
  }

 private:
  uint32_t word(const Words& words, int64_t i) const { return words[static_cast<size_t>(i)]; }

  // Of the run of equal words that begins at both, and of its beginnings; false: enough has been tried.
  bool try_runs(int64_t start, int64_t place) {
    const auto most = std::min({static_cast<int64_t>(hypothesis_.size()) - start,
                                static_cast<int64_t>(reference_.size()) - place, kMostShifted});
    for (int64_t length = 1; length <= most; ++length) {
      if (word(hypothesis_, start + length - 1) != word(reference_, place + length - 1)) break;
      if (!is_worth(start, place, length)) continue;
      try_targets(start, place, length);
      if (candidates_ >= kMostCandidates) return false;
    }
    return true;
  }

  // Something is wrong on both sides, and the run does not stand there already.
  bool is_worth(int64_t start, int64_t place, int64_t length) const {
    const int64_t there = alignment_.beside[static_cast<size_t>(place)];
    return Alignment::any(alignment_.wrong_in_hypothesis, start, length) &&
           Alignment::any(alignment_.wrong_in_reference, place, length) && !(start <= there && there < start + length);
  }

  void try_targets(int64_t start, int64_t place, int64_t length) {
    int64_t last = -1;
    for (int64_t offset = -1; offset < length; ++offset) {
      const int64_t of_reference = place + offset;
      if (of_reference >= static_cast<int64_t>(alignment_.beside.size())) return;
      const int64_t target = of_reference == -1 ? 0 : alignment_.beside[static_cast<size_t>(of_reference)] + 1;
      if (target == last) continue;
      last = target;
      Words words = shifted(hypothesis_, start, length, target);
      const int64_t saved = before_ - distances_.to_reference(words);
      Shift shift{saved, length, start, target, std::move(words)};
      ++candidates_;
      if (!best_ || shift.beats(*best_)) best_ = std::move(shift);
    }
  }

  const Words &hypothesis_, &reference_;
  EditDistances& distances_;
  int64_t& candidates_;
  int64_t before_;
  Alignment alignment_;
  std::optional<Shift> best_;
};

}  // namespace

int64_t translation_edits(const Words& hypothesis, const Words& reference) {
  if (reference.empty()) return static_cast<int64_t>(hypothesis.size());
  EditDistances distances(reference);
  Words words = hypothesis;
  int64_t shifts = 0, candidates = 0;
  while (true) {
    std::optional<Shift> shift = ShiftSearch(words, reference, distances, candidates).best();
    if (candidates >= kMostCandidates || !shift || shift->saved <= 0) break;
    ++shifts;
    words = std::move(shift->words);
  }
  return shifts + distances.to_reference(words);
}

}  // namespace heed

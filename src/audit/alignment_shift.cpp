#include "audit/alignment_shift.h"

#include <algorithm>
#include <cmath>
#include <optional>

namespace heed {
namespace {

struct Sides {
  std::span<const PairShape> pairs;
  const SharedWords& shared;
};

// How well sources go with targets.
struct Agreement {
  double pairs = 0, correlation = 0;
  double sharing = 0;  // pairs with a word in common
};

class LogLengths {  // running sums of a correlation
 public:
  void add(double x, double y) {
    n_ += 1;
    x_ += x, y_ += y;
    xx_ += x * x, yy_ += y * y, xy_ += x * y;
  }
  double count() const { return n_; }
  double correlation() const {  // 0 where a side has one length only
    const double spread = (xx_ - x_ * x_ / n_) * (yy_ - y_ * y_ / n_);
    return n_ < 4 || spread < 1e-9 ? 0 : std::clamp((xy_ - x_ * y_ / n_) / std::sqrt(spread), -0.9999, 0.9999);
  }

 private:
  double n_ = 0, x_ = 0, y_ = 0, xx_ = 0, yy_ = 0, xy_ = 0;
};

Agreement agreement(const Sides& sides, int64_t begin, int64_t end, int shift) {
  const std::span<const PairShape> pairs = sides.pairs;
  LogLengths lengths;
  Agreement found;
  for (int64_t i = std::max(begin, int64_t{-shift}); i < std::min(end, std::ssize(pairs) - std::max(shift, 0)); ++i) {
    const LineShape& source = pairs[static_cast<size_t>(i)].source;
    const LineShape& target = pairs[static_cast<size_t>(i + shift)].target;
    if (source.characters == 0 || target.characters == 0) continue;
    lengths.add(std::log(source.characters), std::log(target.characters));
    found.sharing += sides.shared.at(i, shift);
  }
  found.pairs = lengths.count();
  found.correlation = lengths.correlation();
  return found;
}

// By how many standard deviations `moved` is better than `here`.
double advantage(const Agreement& moved, const Agreement& here) {
  const double pairs = std::min(moved.pairs, here.pairs);
  const double lengths =
      pairs < 4 ? 0 : (std::atanh(moved.correlation) - std::atanh(here.correlation)) / std::sqrt(2 / (pairs - 3));
  const double sharing = moved.sharing + here.sharing;
  return std::max(lengths, sharing == 0 ? 0 : (moved.sharing - here.sharing) / std::sqrt(sharing));
}

std::optional<ShiftedBlock> shift_of_window(const Sides& sides, int64_t begin, int64_t end) {
  const Agreement here = agreement(sides, begin, end, 0);
  double best = kDeviations;
  std::optional<ShiftedBlock> block;
  for (int shift = -kMostShift; shift <= kMostShift; ++shift) {
    if (shift == 0) continue;
    const Agreement moved = agreement(sides, begin, end, shift);
    const double gain = advantage(moved, here);
    if (gain <= best) continue;
    best = gain;
    block = ShiftedBlock{begin,
                         end,
                         shift,
                         here.correlation,
                         moved.correlation,
                         here.sharing / std::max(here.pairs, 1.0),
                         moved.sharing / std::max(moved.pairs, 1.0)};
  }
  return block;
}

std::vector<ShiftedBlock> shifts_in_windows(const Sides& sides, int64_t window) {
  const int64_t last = std::max<int64_t>(std::ssize(sides.pairs) - window, 0);
  std::vector<ShiftedBlock> blocks;
  for (int64_t begin = 0, next = 0; begin <= last; begin = next) {
    next = begin < last ? std::min(begin + window / 4, last) : last + 1;
    const auto found = shift_of_window(sides, begin, std::min(begin + window, std::ssize(sides.pairs)));
    if (!found) continue;
    const bool goes_on = !blocks.empty() && blocks.back().shift == found->shift && found->begin <= blocks.back().end;
    if (goes_on)
      blocks.back().end = found->end;
    else
      blocks.push_back(*found);
  }
  return blocks;
}

}  // namespace

std::vector<ShiftedBlock> find_shifts(std::span<const PairShape> pairs, const SharedWords& shared) {
  const Sides sides{pairs, shared};
  std::vector<ShiftedBlock> blocks = shifts_in_windows(sides, kFineWindow);
  return blocks.empty() ? shifts_in_windows(sides, kCoarseWindow) : blocks;
}

}  // namespace heed

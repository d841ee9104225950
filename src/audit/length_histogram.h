#pragma once

#include <cstdint>
#include <vector>

namespace heed {

// How many lines have how many pieces (or whatever is counted).
class LengthHistogram {
 public:
  void add(int64_t length);

  int64_t lines() const { return lines_; }
  int64_t total() const { return total_; }                                      // of all lengths
  double mean() const;                                                          // 0 without lines
  int64_t longest() const { return static_cast<int64_t>(counts_.size()) - 1; }  // -1 without lines

  // The smallest length that at least this share of the lines does not exceed; 0 without lines. REQUIRES: in [0, 1].
  int64_t quantile(double share) const;

  // Lines of [0, width), [width, 2 width), ...; the last bin has all longer ones, too. REQUIRES: width, count > 0.
  std::vector<int64_t> bins(int64_t width, int64_t count) const;

 private:
  std::vector<int64_t> counts_;  // by length
  int64_t lines_ = 0, total_ = 0;
};

}  // namespace heed

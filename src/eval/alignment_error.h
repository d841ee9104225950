#pragma once

#include <cstddef>
#include <set>
#include <string>
#include <string_view>
#include <utility>

namespace heed {

// Links (source word, target word), from 0.
using AlignmentLinks = std::set<std::pair<int, int>>;

// One line in Pharaoh's form, "0-0 1-2"; blank: no links. DataError beginning with `place` for anything else.
AlignmentLinks parse_pharaoh(std::string_view line, const std::string& place);

// Alignment error rate with sure links only, 1 - 2 |A n S| / (|A| + |S|), summed over all lines (Och and Ney 2003,
// section 6.1); 0 is perfect.
class AlignmentErrorRate {
 public:
  void add(const AlignmentLinks& found, const AlignmentLinks& sure);  // of a line
  double value() const;                                               // DataError where no line had a link

 private:
  size_t common_ = 0, all_ = 0;
};

}  // namespace heed

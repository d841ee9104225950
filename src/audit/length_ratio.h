#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "audit/found.h"
#include "audit/line_shape.h"

namespace heed {

// How long targets are for their sources, in characters: what is far from the rest is rarely a translation.
//
// Far is meant as Iglewicz and Hoaglin 1993 ("How to detect and handle outliers") mean it, on the logarithm of
// target / source: more than kSpreads times 1.4826 median absolute deviations from the median, which half of the corpus
// may spoil without moving it much. The deviation that makes an outlier is at least log(kLeastFactor): short lines
// differ by as much for nothing, and in a corpus of equal lengths (copying, sorting) the MAD is 0.
struct LengthRatio {
  static constexpr double kSpreads = 5, kLeastFactor = 2.5;
  static constexpr int kBinsAnOctave = 4, kOctaves = 10;  // bins: from 2^-kOctaves to 2^kOctaves, by 2^(1/4)

  double median = 1, low = 1, high = 1;  // target / source; outliers lie below `low` or above `high`
  FoundPairs outliers;
  std::vector<int64_t> bins;  // pairs by ratio, what lies outside in the first and last

  static double bin_edge(size_t bin);  // its lower one
};

// Of the pairs with text on both sides.
LengthRatio length_ratio(std::span<const PairShape> pairs);

}  // namespace heed

#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "audit/line_shape.h"
#include "audit/shared_words.h"

namespace heed {

// A stretch of a corpus whose sources belong to other lines' targets: a line was lost or doubled on one side, and the
// files still have equal numbers of lines.
struct ShiftedBlock {
  int64_t begin = 0, end = 0;  // pair numbers: what was seen to be shifted lies in [begin, end)
  int shift = 0;               // source i goes with target i + shift
  // Of the first window in it, as its lines stand and shifted: the correlation of the sides' log lengths, and the share
  // of pairs that have a word in common.
  double correlation_here = 0, correlation_shifted = 0;
  double sharing_here = 0, sharing_shifted = 0;
};

// Looks at windows of lines, each against its targets moved by -kMostShift .. kMostShift lines. Two things tell which
// of them belong to the sources, and either is enough:
//   - lengths: translations of long sentences are long (Gale and Church 1993, "A program for aligning sentences in
//     bilingual corpora"). Pearson's r of the logarithms of the lengths in characters, through Fisher's z transform
//     (Fisher 1921), in which the difference of two correlations of n pairs has the variance 2 / (n - 3);
//   - words (SharedWords): in how many pairs the sides have one in common, two counts of which differ by the root of
//     their sum, if by chance. It tells where lengths do not: of summaries.
// A shift is clear where it beats the unmoved lines by kDeviations of those standard deviations, which chance does once
// in 10^9 windows. Windows are of kFineWindow lines, and, where these
// find nothing, of kCoarseWindow, for sides that hardly go together. A block is as exact as a quarter of a window; one
// of fewer lines than half a window is not seen. Pairs without text are left out.
constexpr int64_t kFineWindow = 200, kCoarseWindow = 1000;
constexpr double kDeviations = 6;

std::vector<ShiftedBlock> find_shifts(std::span<const PairShape> pairs, const SharedWords& shared);

}  // namespace heed

#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "audit/found.h"
#include "audit/line_shape.h"

namespace heed {

// Pairs that say again what another has said; each beside the first that did.
struct Repeats {
  FoundMatches pairs;    // both sides are equal
  FoundMatches sources;  // the source is, the target is another
};

// The pairs of a corpus in the order of their sources, to find equal ones; those without text on both sides are left
// out. Lines are compared by the 64 bits of LineShape: among ten million, two different ones are taken for equal with a
// chance of 1 in 400,000. Memory: 4 bytes a pair, meanwhile 12. Borrows the pairs. REQUIRES: at most 2^32 - 2 of them.
class PairIndex {
 public:
  explicit PairIndex(std::span<const PairShape> pairs);

  Repeats repeats() const;                                   // within the corpus
  Repeats overlap(std::span<const PairShape> others) const;  // of `others` with it: PairMatch::other is of the corpus

 private:
  std::span<const uint32_t> with_source(uint64_t hash) const;

  std::span<const PairShape> pairs_;
  std::vector<uint32_t> order_;  // by source, target, number
};

}  // namespace heed

#pragma once

#include <cstdint>
#include <vector>

namespace heed {

// Translation edit rate (Snover et al. 2006): the fewest insertions, deletions, substitutions and shifts of runs of
// words, by tercom's greedy search for shifts, that make a reference of a hypothesis. In every decision as
// sacreBLEU 2.6.0, which keeps the edit distance within 25 words of the diagonal. Words are numbers, the same for the
// same word.
int64_t translation_edits(const std::vector<uint32_t>& hypothesis, const std::vector<uint32_t>& reference);

}  // namespace heed

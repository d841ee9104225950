#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace heed {

// The candidate a misspelt word is most likely to stand for, or "". Distance: insertions, deletions, substitutions and
// swaps of neighbours (optimal string alignment); at most a third of the word may differ. Ties: the earlier candidate.
std::string_view nearest(std::string_view word, const std::vector<std::string_view>& candidates);

}  // namespace heed

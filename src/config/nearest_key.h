#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace heed {

// Which of a set of names (keys, values, commands, options) a person most likely meant. Capitals count as small
// letters, '-' as '_'. A guess that misleads is worse than none, so words of a name are compared one by one:
// "min_length" is not a slip for "max_length", nor "gpu" for "cpu".

// The candidate that `word` is misspelt for, or else the only one that it abbreviates ("max_len"), or "".
// Slips: insertions, deletions, substitutions and swaps of neighbours (optimal string alignment), in at most a third of
// the name and of each word of it. A replaced letter makes a word of three letters another word. Ties: the earlier.
std::string_view nearest(std::string_view word, const std::vector<std::string_view>& candidates);

// The candidates of which `word` is a part ("heads" of "num_heads"): one or two of them, else none.
std::vector<std::string_view> containing(std::string_view word, const std::vector<std::string_view>& candidates);

// In small letters and with '_' for '-'.
std::string canonical(std::string_view name);

}  // namespace heed

#pragma once

#include <cstddef>
#include <string>
#include <vector>

namespace heed {

// Streams of reference lines: references[r][i] is the r-th reference of hypothesis i.
using References = std::vector<std::vector<std::string>>;

// The i-th line of each.
std::vector<std::string> line_of(const References& references, size_t i);

// The "version" field of every metric's signature: our own name, and whose numbers it reproduces.
std::string metric_version();

// Throws DataError naming both counts unless there is a line, a reference, and as many lines in each reference.
void check_parallel(const std::vector<std::string>& hypotheses, const References& references);

}  // namespace heed

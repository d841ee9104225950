#include "eval/exact_match.h"

#include <fmt/format.h>

#include <algorithm>

#include "core/version.h"
#include "eval/text_line.h"

namespace heed {

std::vector<double> ExactMatch::statistics(const std::string& hypothesis,
                                           std::span<const std::string> references) const {
  const std::u32string text = decode_line(hypothesis);
  const bool equal = std::any_of(references.begin(), references.end(), [&](const std::string& reference) {
    return strip(decode_line(reference)) == strip(text);
  });
  return {equal ? 1.0 : 0.0, 1};
}

Score ExactMatch::score(std::span<const double> sums) const {
  return {"exact_match",
          value(sums),
          fmt::format("nrefs:{}|version:heed-{}", num_references_, kVersion),
          {{"lines", sums[0]}},
          fmt::format("exact match = {:.2f} ({:.0f} of {:.0f} lines)", value(sums), sums[0], sums[1])};
}

}  // namespace heed

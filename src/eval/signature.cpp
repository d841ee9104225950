#include "eval/signature.h"

#include "core/error.h"
#include "core/version.h"

namespace heed {

std::vector<std::string> line_of(const References& references, size_t i) {
  std::vector<std::string> lines;
  for (const std::vector<std::string>& reference : references) lines.push_back(reference[i]);
  return lines;
}

std::string metric_version() { return std::string("heed-") + kVersion + "(sacrebleu-2.6.0)"; }

void check_parallel(const std::vector<std::string>& hypotheses, const References& references) {
  if (hypotheses.empty()) throw DataError("no hypothesis to score: expected at least one line");
  if (references.empty()) throw DataError("no reference to score against: expected at least one stream of lines");
  for (size_t r = 0; r < references.size(); ++r) {
    if (references[r].size() == hypotheses.size()) continue;
    throw DataError("the hypotheses have " + std::to_string(hypotheses.size()) + " lines but reference " +
                    std::to_string(r + 1) + " has " + std::to_string(references[r].size()));
  }
}

}  // namespace heed

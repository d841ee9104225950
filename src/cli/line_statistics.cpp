#include "cli/line_statistics.h"

#include <span>

#include "core/thread_team.h"

namespace heed {

std::vector<std::vector<double>> statistics_of(const Metrics& metrics, const std::vector<ScoredTexts>& lines,
                                               size_t num_systems) {
  const size_t of_line = num_systems * metrics.size();
  std::vector<std::vector<double>> found(lines.size() * of_line);
  parallel_for(static_cast<int64_t>(found.size()), 8, [&](int64_t begin, int64_t end) {
    for (auto i = static_cast<size_t>(begin); i < static_cast<size_t>(end); ++i) {
      const ScoredTexts& texts = lines[i / of_line];
      found[i] = metrics[i % metrics.size()]->statistics(texts[i % of_line / metrics.size()],
                                                         std::span(texts).subspan(num_systems));
    }
  });
  return found;
}

}  // namespace heed

#include "cli/reference_count.h"

#include <algorithm>

#include "core/utf8.h"

namespace heed {

void ReferenceCount::take(ScoredTexts& line, size_t num_systems) {
  if (optional_) {
    const auto first = line.begin() + static_cast<std::ptrdiff_t>(num_systems);
    const auto is_none = [](const std::string& text) { return is_blank(text); };
    if (std::all_of(first, line.end(), is_none))
      line.erase(first, line.end() - 1);
    else
      line.erase(std::remove_if(first, line.end(), is_none), line.end());
  }
  counts_.insert(line.size() - num_systems);
}

std::string ReferenceCount::text() const { return counts_.size() == 1 ? std::to_string(*counts_.begin()) : "var"; }

}  // namespace heed

#include "eval/alignment_error.h"

#include <algorithm>
#include <charconv>

#include "core/error.h"

namespace heed {
namespace {

// The number at the front of `text`, which it is taken off. -1: there is none.
int take_number(std::string_view& text) {
  int number = -1;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc() || number < 0) return -1;
  text.remove_prefix(static_cast<size_t>(end - text.data()));
  return number;
}

}  // namespace

AlignmentLinks parse_pharaoh(std::string_view line, const std::string& place) {
  AlignmentLinks links;
  for (std::string_view rest = line; !rest.empty();) {
    if (rest.front() == ' ') {
      rest.remove_prefix(1);
      continue;
    }
    const int source = take_number(rest);
    const bool dash = !rest.empty() && rest.front() == '-';
    if (dash) rest.remove_prefix(1);
    const int target = dash ? take_number(rest) : -1;
    if (source < 0 || target < 0 || (!rest.empty() && rest.front() != ' '))
      throw DataError(place + ": expected links such as '0-0 1-2', found '" + std::string(line) + "'");
    links.emplace(source, target);
  }
  return links;
}

void AlignmentErrorRate::add(const AlignmentLinks& found, const AlignmentLinks& sure) {
  common_ += static_cast<size_t>(
      std::count_if(found.begin(), found.end(), [&](const auto& link) { return sure.count(link) != 0; }));
  all_ += found.size() + sure.size();
}

double AlignmentErrorRate::value() const {
  if (all_ == 0) throw DataError("no alignment links to score");
  return 1 - 2 * static_cast<double>(common_) / static_cast<double>(all_);
}

}  // namespace heed

#pragma once

#include <cstddef>
#include <set>
#include <string>

#include "cli/line_statistics.h"

namespace heed {

// How many references lines have, as signatures tell it. An empty line of a file of references is a reference without
// words, as to sacreBLEU's command line; where references are optional it is none, as None to sacreBLEU in Python, and
// lines may have unlike numbers of them. Of a line without any the last one stays.
class ReferenceCount {
 public:
  explicit ReferenceCount(bool optional) : optional_(optional) {}

  // Counts a line's references, behind what `num_systems` wrote, and leaves out those that are none.
  void take(ScoredTexts& line, size_t num_systems);

  std::string text() const;  // "2", or "var" where lines differ

 private:
  bool optional_;
  std::set<size_t> counts_;
};

}  // namespace heed

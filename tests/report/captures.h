#pragma once

#include <regex>
#include <string>
#include <vector>

namespace heed {

// What the pattern's first group matched, every time it did.
inline std::vector<std::string> captures(const std::string& text, const std::string& pattern) {
  const std::regex expression(pattern);
  std::vector<std::string> found;
  for (std::sregex_iterator at(text.begin(), text.end(), expression), end; at != end; ++at)
    found.push_back((*at)[1].str());
  return found;
}

}  // namespace heed

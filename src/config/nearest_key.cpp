#include "config/nearest_key.h"

#include <algorithm>
#include <optional>

namespace heed {
namespace {

constexpr size_t kLongestKey = 64;  // beyond it nothing resembles a key, and distance's table stays small

size_t distance(std::string_view a, std::string_view b) {
  std::vector<std::vector<size_t>> cost(a.size() + 1, std::vector<size_t>(b.size() + 1));
  for (size_t i = 0; i <= a.size(); ++i) cost[i][0] = i;
  for (size_t j = 0; j <= b.size(); ++j) cost[0][j] = j;
  for (size_t i = 1; i <= a.size(); ++i) {
    for (size_t j = 1; j <= b.size(); ++j) {
      const size_t substitute = cost[i - 1][j - 1] + (a[i - 1] == b[j - 1] ? 0 : 1);
      cost[i][j] = std::min({cost[i - 1][j] + 1, cost[i][j - 1] + 1, substitute});
      const bool swapped = i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1];
      if (swapped) cost[i][j] = std::min(cost[i][j], cost[i - 2][j - 2] + 1);
    }
  }
  return cost[a.size()][b.size()];
}

std::vector<std::string_view> words_of(std::string_view name) {
  std::vector<std::string_view> words;
  for (size_t start = 0; start <= name.size();) {
    const size_t end = std::min(name.find('_', start), name.size());
    words.push_back(name.substr(start, end - start));
    start = end + 1;
  }
  return words;
}

bool same_letters(std::string a, std::string b) {
  std::sort(a.begin(), a.end());
  std::sort(b.begin(), b.end());
  return a == b;
}

bool is_slip(std::string_view typed, std::string_view meant) {
  constexpr size_t kShort = 3;
  const bool replaced = typed.size() == meant.size() && !same_letters(std::string(typed), std::string(meant));
  if (typed.size() <= kShort && replaced) return false;
  return distance(typed, meant) <= std::max<size_t>(1, typed.size() / 3);
}

bool is_abbreviation(std::string_view typed, std::string_view meant) {
  return !typed.empty() && meant.starts_with(typed);
}

// Words of equal number, each related to its counterpart.
template <class Related>
bool word_by_word(std::string_view typed, std::string_view meant, Related related) {
  const auto a = words_of(typed), b = words_of(meant);
  return std::equal(a.begin(), a.end(), b.begin(), b.end(), related);
}

// How far `typed` is from what it may be a slip for.
std::optional<size_t> slips(const std::string& typed, const std::string& meant) {
  const size_t count = distance(typed, meant);
  if (count > std::max<size_t>(1, typed.size() / 3) || count >= meant.size()) return {};
  const bool same_number = words_of(typed).size() == words_of(meant).size();
  if (same_number && !word_by_word(typed, meant, is_slip)) return {};
  return count;
}

std::string_view only_abbreviated(const std::string& word, const std::vector<std::string_view>& candidates) {
  constexpr size_t kShortest = 3;
  if (word.size() < kShortest) return "";
  std::string_view found;
  for (std::string_view candidate : candidates) {
    if (!word_by_word(word, canonical(candidate), is_abbreviation)) continue;
    if (!found.empty()) return "";
    found = candidate;
  }
  return found;
}

}  // namespace

std::string canonical(std::string_view name) {
  std::string result(name);
  for (char& c : result) {
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
    if (c == '-') c = '_';
  }
  return result;
}

std::string_view nearest(std::string_view word, const std::vector<std::string_view>& candidates) {
  if (word.size() > kLongestKey) return "";
  const std::string typed = canonical(word);
  std::string_view found;
  std::optional<size_t> fewest;
  for (std::string_view candidate : candidates) {
    const std::optional<size_t> count = slips(typed, canonical(candidate));
    if (!count || (fewest && *count >= *fewest)) continue;
    fewest = count;
    found = candidate;
  }
  return fewest ? found : only_abbreviated(typed, candidates);
}

std::vector<std::string_view> containing(std::string_view word, const std::vector<std::string_view>& candidates) {
  constexpr size_t kMost = 2;
  const std::string typed = canonical(word);
  const auto parts = words_of(typed);
  std::vector<std::string_view> found;
  for (std::string_view candidate : candidates) {
    const std::string name = canonical(candidate);
    const auto words = words_of(name);
    if (std::search(words.begin(), words.end(), parts.begin(), parts.end()) != words.end()) found.push_back(candidate);
  }
  if (found.size() > kMost) found.clear();
  return found;
}

}  // namespace heed

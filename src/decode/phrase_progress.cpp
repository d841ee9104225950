#include "decode/phrase_progress.h"

#include <algorithm>

namespace heed {

PhraseProgress::PhraseProgress(const Phrases& phrases) : phrases_(&phrases), has_(phrases.size(), false) {
  for (const auto& phrase : phrases) total_ += static_cast<int64_t>(phrase.size());
}

std::vector<int64_t> PhraseProgress::next_tokens() const {
  if (written_ > 0) return {(*phrases_)[current_][written_]};
  std::vector<int64_t> tokens;
  for (size_t i = 0; i < has_.size(); ++i)
    if (!has_[i]) tokens.push_back((*phrases_)[i].front());
  std::sort(tokens.begin(), tokens.end());
  tokens.erase(std::unique(tokens.begin(), tokens.end()), tokens.end());
  return tokens;
}

// Whether the current phrase's first `tokens` tokens are that phrase's, too, which is missing and longer.
bool PhraseProgress::may_be_in(size_t phrase, size_t tokens) const {
  const auto &all = (*phrases_)[phrase], &current = (*phrases_)[current_];
  return !has_[phrase] && all.size() > tokens &&
         std::equal(all.begin(), all.begin() + static_cast<ptrdiff_t>(tokens), current.begin());
}

void PhraseProgress::advance(int64_t token) {
  const auto take = [&](size_t tokens) {
    for (size_t i = 0; i < has_.size(); ++i) {
      if (!may_be_in(i, tokens) || (*phrases_)[i][tokens] != token) continue;
      current_ = i;
      written_ = tokens + 1;
      ++met_;
      return true;
    }
    return false;
  };
  const size_t before = written_;
  if (before == 0 || !take(before)) {
    met_ -= static_cast<int64_t>(before);
    written_ = 0;
    if (!take(0)) return;
  }
  if (written_ < (*phrases_)[current_].size()) return;
  has_[current_] = true;
  written_ = 0;
}

}  // namespace heed

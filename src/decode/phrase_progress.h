#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

namespace heed {

// How far a hypothesis is with the phrases that it must hold: which of them it has, and which it is in the middle of.
class PhraseProgress {
 public:
  using Phrases = std::vector<std::vector<int64_t>>;

  // Of an empty hypothesis. The phrases, none of them empty, must outlive it.
  explicit PhraseProgress(const Phrases& phrases);

  // Tokens of the phrases that it has, those of the one that it is in the middle of among them, and that it lacks.
  int64_t num_met() const { return met_; }
  int64_t num_missing() const { return total_ - met_; }

  // The tokens that bring it further: of the phrase that it is in the middle of, or the first of each that is missing.
  std::vector<int64_t> next_tokens() const;

  // A phrase that the token does not go on with is missing from its first token on.
  void advance(int64_t token);

 private:
  bool may_be_in(size_t phrase, size_t tokens) const;

  const Phrases* phrases_;
  std::vector<bool> has_;
  size_t current_ = 0,
         written_ = 0;  // the phrase that it is in the middle of, and how many of its tokens it has: 0: none
  int64_t met_ = 0, total_ = 0;
};

}  // namespace heed

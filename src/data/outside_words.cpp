#include "data/outside_words.h"

#include <algorithm>

#include "text/whole_words.h"

namespace heed {

bool copies_words(const ModelConfig& model, const Tokenizers& tokenizers) {
  return model.copy && has_whole_words(*tokenizers.source) && has_whole_words(*tokenizers.target);
}

template <class IdOf>
std::vector<int64_t> OutsideWords::replaced(std::span<const int32_t> ids, std::string_view text, IdOf id_of) const {
  const int64_t unk = tokenizer_->vocabulary().special().unk;
  std::vector<int64_t> result(ids.begin(), ids.end());
  if (std::count(result.begin(), result.end(), unk) == 0) return result;
  const std::vector<std::string> unknown = unknown_words(*tokenizer_, text);
  // Space marks that stand in a text themselves may be pieces without a word: then no word is told apart.
  if (std::count(result.begin(), result.end(), unk) > std::ssize(unknown)) return result;
  size_t next = 0;
  for (int64_t& id : result)
    if (id == unk) id = id_of(unknown[next++]);
  return result;
}

std::vector<int64_t> OutsideWords::take_source(std::span<const int32_t> ids, std::string_view text) {
  return replaced(ids, text, [&](const std::string& word) {
    if (std::find(words_.begin(), words_.end(), word) == words_.end()) words_.push_back(word);
    return find(word);
  });
}

std::vector<int64_t> OutsideWords::target(std::span<const int32_t> ids, std::string_view text) const {
  return replaced(ids, text, [&](const std::string& word) { return find(word); });
}

int64_t OutsideWords::find(const std::string& word) const {
  const auto found = std::find(words_.begin(), words_.end(), word);
  const Vocabulary& vocabulary = tokenizer_->vocabulary();
  return found == words_.end() ? vocabulary.special().unk : vocabulary.size() + (found - words_.begin());
}

}  // namespace heed

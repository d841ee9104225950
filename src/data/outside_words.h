#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "config/model_config.h"
#include "text/tokenizers.h"

namespace heed {

// Whether words outside the vocabulary can be copied: with pieces that are whole words.
bool copies_words(const ModelConfig& model, const Tokenizers& tokenizers);

// The words of one source that are outside the vocabulary, each once. Copying writes the i-th of them as id V + i, V
// being the size of the vocabulary (See et al. 2017, section 2.2). Borrows the tokenizer.
class OutsideWords {
 public:
  explicit OutsideWords(const Tokenizer& tokenizer) : tokenizer_(&tokenizer) {}

  // `ids` are the tokenizer's of the front of the text, which is given as Tokenizer::normalized: with the ids of these
  // words in the place of unk. A source brings new words in; a word of a target that its source does not have stays
  // unk.
  std::vector<int64_t> take_source(std::span<const int32_t> ids, std::string_view text);
  std::vector<int64_t> target(std::span<const int32_t> ids, std::string_view text) const;

  const std::vector<std::string>& words() const { return words_; }

 private:
  template <class IdOf>
  std::vector<int64_t> replaced(std::span<const int32_t> ids, std::string_view text, IdOf id_of) const;
  int64_t find(const std::string& word) const;  // unk where it is none of them

  const Tokenizer* tokenizer_;
  std::vector<std::string> words_;
};

}  // namespace heed

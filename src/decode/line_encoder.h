#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "config/reading_limits.h"
#include "data/make_batch.h"
#include "data/outside_words.h"
#include "decode/text_losses.h"
#include "text/tokenizers.h"

namespace heed {

// Lines as the pieces that a model reads, within its limits. What is left unread is counted in `losses`.
class LineEncoder {
 public:
  using Ids = std::vector<int32_t>;

  LineEncoder(const Tokenizers& tokenizers, const ReadingLimits& limits) : tokenizers_(tokenizers), limits_(limits) {}

  const ReadingLimits& limits() const { return limits_; }
  const Tokenizer& target_tokenizer() const { return *tokenizers_.target; }
  std::string_view readable(const std::string& line) const;  // its first characters, as many as are read

  std::vector<Ids> sources(const std::vector<std::string>& lines, TextLosses& losses) const;
  Ids target(const std::string& line, TextLosses& losses) const;

  // What copying makes of a line, of which `source` was made: with the words outside the vocabulary, which it puts in
  // `outside`. Likewise of a target of it, where there is one.
  CopiedIds copied(const std::string& line, const Ids& source, OutsideWords& outside) const;
  CopiedIds copied(const std::string& line, const Ids& source, const std::string& target_line, const Ids& target) const;

 private:
  std::string_view counted(const std::string& line, TextLosses& losses) const;
  std::string normalized(const Tokenizer& tokenizer, const std::string& line, const Ids& ids) const;

  Tokenizers tokenizers_;
  ReadingLimits limits_;
};

}  // namespace heed

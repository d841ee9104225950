#pragma once

#include <forward_list>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "config/eval_config.h"

namespace heed {

// How BLEU cuts a line into tokens (config/eval_config.h), as sacreBLEU 2.6.0 does it (its tokenizers/tokenizer_*.py):
//   none   at white space
//   13a    mteval-v13a.pl, the WMT standard: entities resolved, ASCII symbols and most . , - apart
//   intl   mteval-v14.pl: Unicode punctuation and symbols apart
//   char   every character
//   zh     Chinese characters apart, the rest as 13a
//   spm    the pieces of a model's own tokenizer, which the caller knows (ModelPieces)

// Throws ConfigError listing the names there are.
BleuTokenizer bleu_tokenizer(std::string_view name);
std::string bleu_tokenizer_name(BleuTokenizer tokenizer);

// How a model's target tokenizer cuts a line, for kSpm. As in sacreBLEU, white space within a piece parts it too.
struct ModelPieces {
  std::function<std::vector<std::string>(const std::string& line)> cut;  // null: there is no model
  std::string fingerprint;                                               // of the tokenizer, hexadecimal

  std::string name() const;  // "spm-", eight digits of the fingerprint
};

// What a tokenizer has made of lines, where its tokens are not parts of the lines themselves.
using RewrittenLines = std::forward_list<std::string>;

// The tokens of a line of valid UTF-8, as views into it or into what is added to `rewritten`. White space at the line's
// right end never matters. REQUIRES: pieces.cut for kSpm.
std::vector<std::string_view> bleu_tokens(std::string_view line, BleuTokenizer tokenizer, RewrittenLines& rewritten,
                                          const ModelPieces& pieces = {});

}  // namespace heed

#pragma once

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

// A line with white space between its tokens. White space at its right end never matters. REQUIRES: not kSpm.
std::u32string bleu_spaced(std::u32string_view line, BleuTokenizer tokenizer);
std::vector<std::u32string> bleu_tokens(std::u32string_view line, BleuTokenizer tokenizer);

// How a model's target tokenizer cuts a line, for kSpm. As in sacreBLEU, white space within a piece parts it too.
struct ModelPieces {
  std::function<std::vector<std::string>(const std::string& line)> cut;  // null: there is no model
  std::string fingerprint;                                               // of the tokenizer, hexadecimal

  std::u32string spaced(std::u32string_view line) const;  // as bleu_spaced. REQUIRES: cut
  std::string name() const;                               // "spm-", eight digits of the fingerprint
};

}  // namespace heed

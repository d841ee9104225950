#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "config/decode_config.h"
#include "decode/line_encoder.h"

namespace heed {

// What is wanted of one line's translation besides: that it begins so, that it holds all these phrases, that it holds
// none of those.
struct TextWishes {
  std::string prefix;
  std::vector<std::string> phrases, avoided;
};

// The same in tokens. Phrases are cut as within a text, each a run of tokens that is not empty.
struct LineWishes {
  uint64_t key = 0;  // of what sampling draws for the line: goes by what it is, not by where it stands
  std::vector<int64_t> prefix;
  std::vector<std::vector<int64_t>> phrases, avoided;
};

// The wishes for a source of these ids, which is line `number` of all. DataError for what the model never writes, and
// for more than the translation may have tokens.
LineWishes wishes_in_tokens(const TextWishes& wishes, const std::vector<int32_t>& source, int64_t number,
                            const LineEncoder& encoder, const DecodeConfig& config);

}  // namespace heed

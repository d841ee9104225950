#pragma once

#include <cstdint>
#include <span>
#include <string_view>

#include "text/tokenizer.h"

namespace heed {

// Whether decode(ids) gives the line back, runs of spaces and tabs counted as one and those at its ends not at all:
// what does not come back cannot be written by a model that was trained on these ids. Reads pieces where that decides
// it, which is many times faster than decoding.
bool comes_back(const Tokenizer& tokenizer, std::span<const int32_t> ids, std::string_view line);

}  // namespace heed

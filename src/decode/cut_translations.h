#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "config/decode_config.h"

namespace heed {

// Counts the translations that end at a limit of their length instead of their end of sentence: what was to follow is
// missing.
struct CutTranslations {
  int64_t lines = 0;          // translated
  int64_t at_max_length = 0;  // of them, cut at decode.max_length
  int64_t at_ratio = 0;       // and at decode.max_length_ratio, where that is the lower limit

  int64_t count() const { return at_max_length + at_ratio; }

  // "3 of 1,000 translations cut ..." with the keys to raise; nothing where none was cut.
  std::optional<std::string> warning(const DecodeConfig& config) const;
};

}  // namespace heed

#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "config/decode_config.h"
#include "config/reading_limits.h"

namespace heed {

// What of the texts that a model was given, or wrote, is missing. Counted over a command's whole input, however it
// comes in, and told once.
struct TextLosses {
  int64_t sources = 0, cut_sources = 0;  // read; of them longer than the model may read, the rest left unread
  int64_t long_lines = 0;                // of either side, with more characters than are read, the rest left unread
  int64_t translations = 0;
  int64_t at_max_length = 0;  // ended at decode.max_length instead of their end of sentence
  int64_t at_ratio = 0;       // and at decode.max_length_ratio, where that is the lower limit
  int64_t impossible = 0;     // empty, since no finite probability was left

  int64_t unfinished() const { return at_max_length + at_ratio; }
  std::optional<std::string> divergence() const;  // what to say of impossible translations, if there are any

  // A line for each kind of loss, with the keys that matter.
  std::vector<std::string> warnings(const DecodeConfig& config, const ReadingLimits& limits) const;
};

}  // namespace heed

#include "cli/model_text.h"

#include <fmt/format.h>

#include "core/error.h"
#include "core/utf8.h"
#include "data/pair_reader.h"

namespace heed {

LineReaderOptions reading_of(const DataConfig& config) { return {.invalid_utf8 = utf8_policy(config.invalid_utf8)}; }

std::string text_of_option(const std::string& option, const std::string& text, const DataConfig& config) {
  const auto invalid = find_invalid_utf8(text);
  if (!invalid) return text;
  if (config.invalid_utf8 == InvalidUtf8::kError)
    throw DataError(
        fmt::format("{}: invalid UTF-8 at byte {}; --data.invalid_utf8=replace reads on", option, *invalid + 1));
  return config.invalid_utf8 == InvalidUtf8::kReplace ? replace_invalid_utf8(text) : "";
}

}  // namespace heed

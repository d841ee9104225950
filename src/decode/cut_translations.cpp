#include "decode/cut_translations.h"

#include <fmt/format.h>

#include "core/count_text.h"

namespace heed {

std::optional<std::string> CutTranslations::warning(const DecodeConfig& config) const {
  if (count() == 0) return std::nullopt;
  std::string text = count_text(count()) + " of " + count_text(lines) + " translations cut before their end";
  if (at_max_length > 0)
    text += fmt::format(", {} at decode.max_length ({} pieces)", count_text(at_max_length), config.max_length);
  if (at_ratio > 0)
    text += fmt::format(", {} at decode.max_length_ratio (10 pieces and {} for each of the source)",
                        count_text(at_ratio), config.max_length_ratio);
  return text;
}

}  // namespace heed

#include "decode/cut_translations.h"

#include <fmt/format.h>

#include "data/pair_reader.h"

namespace heed {

std::optional<std::string> CutTranslations::warning(const DecodeConfig& config) const {
  if (count() == 0) return std::nullopt;
  std::string text = with_commas(count()) + " of " + with_commas(lines) + " translations cut before their end";
  if (at_max_length > 0)
    text += fmt::format(", {} at decode.max_length ({} pieces)", with_commas(at_max_length), config.max_length);
  if (at_ratio > 0)
    text += fmt::format(", {} at decode.max_length_ratio (10 pieces and {} for each of the source)",
                        with_commas(at_ratio), config.max_length_ratio);
  return text;
}

}  // namespace heed

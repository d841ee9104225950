#include "decode/text_losses.h"

#include <fmt/format.h>

#include "core/count_text.h"

namespace heed {

std::optional<std::string> TextLosses::divergence() const {
  if (impossible == 0) return std::nullopt;
  return count_text(impossible) +
         " empty translations: the model gave no finite probability; its weights have diverged";
}

std::vector<std::string> TextLosses::warnings(const DecodeConfig& config, const ReadingLimits& limits) const {
  std::vector<std::string> lines;
  if (cut_sources > 0)
    lines.push_back(
        fmt::format("{} of {} source lines cut to {} pieces (data.max_source_length, or the model's positions)",
                    count_text(cut_sources), count_text(sources), limits.source_pieces));
  if (long_lines > 0)
    lines.push_back(fmt::format("{} lines cut to {} characters (data.max_characters)", count_text(long_lines),
                                count_text(limits.characters)));
  if (const auto diverged = divergence()) lines.push_back(*diverged);
  if (unfinished() == 0) return lines;
  lines.push_back(count_text(unfinished()) + " of " + count_text(translations) + " translations cut before their end");
  if (at_max_length > 0)
    lines.back() += fmt::format(", {} at decode.max_length ({} pieces)", count_text(at_max_length), config.max_length);
  if (at_ratio > 0)
    lines.back() += fmt::format(", {} at decode.max_length_ratio (10 pieces and {} for each of the source)",
                                count_text(at_ratio), config.max_length_ratio);
  return lines;
}

}  // namespace heed

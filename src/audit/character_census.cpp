#include "audit/character_census.h"

#include <algorithm>
#include <string>

#include "audit/piece_kinds.h"
#include "core/utf8.h"
#include "text/whole_words.h"

namespace heed {

void CharacterCensus::add(std::string_view line, int64_t pair) {
  for (size_t offset = 0; offset < line.size(); offset += utf8_character_length(line, offset)) {
    const char32_t c = code_point_at(line, offset);
    std::unique_ptr<Page>& page = pages_[c / 256];
    if (!page) page = std::make_unique<Page>();
    Use& use = (*page)[c % 256];
    if (use.count++ == 0) use.first_pair = pair;
  }
}

std::vector<OutsideCharacter> CharacterCensus::outside(const Tokenizer& tokenizer) const {
  std::vector<OutsideCharacter> found;
  if (has_whole_words(tokenizer)) return found;
  const PieceKinds kinds(tokenizer);
  for (char32_t c = 0; c < 0x110000; ++c) {
    if (!pages_[c / 256]) {
      c |= 255;
      continue;
    }
    const Use& use = (*pages_[c / 256])[c % 256];
    if (use.count == 0) continue;
    std::string text;
    append_utf8(c, text);
    if (kinds.count(tokenizer.encode(text)).both() > 0) found.push_back({c, use.count, use.first_pair});
  }
  std::stable_sort(found.begin(), found.end(), [](const auto& a, const auto& b) { return a.count > b.count; });
  return found;
}

}  // namespace heed

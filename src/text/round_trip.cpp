#include "text/round_trip.h"

#include <algorithm>
#include <string>

#include "text/space_mark.h"
#include "text/whole_words.h"

namespace heed {
namespace {

constexpr std::string_view kBlank = " \t";

size_t skip_blank(std::string_view line, size_t offset) {
  return std::min(line.find_first_not_of(kBlank, offset), line.size());
}

// Reads pieces of a sentencepiece model along a line, without their normalisation.
class LineMatch {
 public:
  explicit LineMatch(std::string_view line) : line_(line), offset_(skip_blank(line, 0)) {}

  // False where the piece does not stand there.
  bool take(std::string_view piece) {
    while (!piece.empty()) {
      if (piece.starts_with(kSpaceMark)) {
        if (!take_space()) return false;
        piece.remove_prefix(kSpaceMark.size());
        continue;
      }
      const std::string_view text = piece.substr(0, piece.find(kSpaceMark));
      if (line_.compare(offset_, text.size(), text) != 0) return false;
      offset_ += text.size();
      started_ = true;
      piece.remove_prefix(text.size());
    }
    return true;
  }

  bool at_end() const { return skip_blank(line_, offset_) == line_.size(); }

 private:
  bool take_space() {
    const size_t behind = skip_blank(line_, offset_);
    if (behind == offset_ && started_) return false;  // the mark before the first word has no space
    offset_ = behind;
    return true;
  }

  std::string_view line_;
  size_t offset_;
  bool started_ = false;
};

bool pieces_spell(const Tokenizer& tokenizer, std::span<const int32_t> ids, std::string_view line) {
  const Vocabulary& vocabulary = tokenizer.vocabulary();
  LineMatch match(line);
  for (const int32_t id : ids)
    if (vocabulary.is_special(id) || !match.take(vocabulary.piece(id))) return false;
  return match.at_end();
}

bool equal_but_for_blanks(std::string_view a, std::string_view b) {
  const auto tokens_a = split_tokens(a), tokens_b = split_tokens(b);
  return std::equal(tokens_a.begin(), tokens_a.end(), tokens_b.begin(), tokens_b.end());
}

}  // namespace

bool comes_back(const Tokenizer& tokenizer, std::span<const int32_t> ids, std::string_view line) {
  const bool spelt = tokenizer.type() != TokenizerType::kNone && pieces_spell(tokenizer, ids, line);
  return spelt || equal_but_for_blanks(tokenizer.decode(ids), line);
}

}  // namespace heed

#include "eval/tokenizer_warning.h"

#include <fmt/format.h>

#include <algorithm>

#include "core/spaceless_scripts.h"
#include "eval/text_line.h"

namespace heed {
namespace {

constexpr double kSmallestShare = 0.25, kLongWord = 5, kFewWords = 1.5;  // see the header

struct WordCounts {
  int64_t lines = 0, words = 0, characters = 0;           // of lines with text
  int64_t spaceless_words = 0, spaceless_characters = 0;  // words that hold such characters

  void add(const std::vector<std::u32string>& line) {
    if (line.empty()) return;
    ++lines;
    words += static_cast<int64_t>(line.size());
    for (const std::u32string& word : line) {
      const auto found = std::count_if(word.begin(), word.end(), is_written_without_spaces);
      characters += static_cast<int64_t>(word.size());
      spaceless_characters += found;
      if (found > 0) ++spaceless_words;
    }
  }
};

double ratio(int64_t a, int64_t b) { return b == 0 ? 0 : static_cast<double>(a) / static_cast<double>(b); }

}  // namespace

std::optional<std::string> tokenizer_warning(const std::vector<std::string>& references, BleuTokenizer tokenizer) {
  if (tokenizer == BleuTokenizer::kSpm) return std::nullopt;  // the model's pieces fit whatever it learnt
  if (tokenizer == BleuTokenizer::kCharacter) return std::nullopt;
  WordCounts counts;
  for (const std::string& line : references) counts.add(bleu_tokens(decode_line(line), tokenizer));
  const double share = ratio(counts.spaceless_characters, counts.characters);
  const double word_length = ratio(counts.spaceless_characters, counts.spaceless_words);
  const double line_length = ratio(counts.words, counts.lines);
  if (share < kSmallestShare || (word_length <= kLongWord && line_length >= kFewWords)) return std::nullopt;
  return fmt::format(
      "BLEU will be near 0 whatever is translated: its tokenizer {} finds {:.1f} words a line in the references, of "
      "{:.1f} "
      "characters each, since their script has no spaces; set eval.bleu_tokenize (heed evaluate: --tokenize) to char, "
      "or "
      "for Chinese to zh",
      bleu_tokenizer_name(tokenizer), line_length, word_length);
}

}  // namespace heed

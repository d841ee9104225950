#include "eval/tokenizer_warning.h"

#include <fmt/format.h>

#include <algorithm>

#include "core/spaceless_scripts.h"
#include "eval/text_line.h"

namespace heed {
namespace {

constexpr double kSmallestShare = 0.25, kLongWord = 5, kFewWords = 1.5;  // see the header

double ratio(int64_t a, int64_t b) { return b == 0 ? 0 : static_cast<double>(a) / static_cast<double>(b); }

}  // namespace

void TokenizerFit::add(const std::string& reference) {
  if (tokenizer_ == BleuTokenizer::kSpm) return;  // the model's pieces fit whatever it learnt
  if (tokenizer_ == BleuTokenizer::kCharacter) return;
  const std::vector<std::u32string> line = bleu_tokens(decode_line(reference), tokenizer_);
  if (line.empty()) return;
  ++lines_;
  words_ += static_cast<int64_t>(line.size());
  for (const std::u32string& word : line) {
    const auto found = std::count_if(word.begin(), word.end(), is_written_without_spaces);
    characters_ += static_cast<int64_t>(word.size());
    spaceless_characters_ += found;
    if (found > 0) ++spaceless_words_;
  }
}

std::optional<std::string> TokenizerFit::warning() const {
  const double share = ratio(spaceless_characters_, characters_);
  const double word_length = ratio(spaceless_characters_, spaceless_words_);
  const double line_length = ratio(words_, lines_);
  if (share < kSmallestShare || (word_length <= kLongWord && line_length >= kFewWords)) return std::nullopt;
  return fmt::format(
      "BLEU will be near 0 whatever is translated: its tokenizer {} finds {:.1f} words a line in the references, of "
      "{:.1f} "
      "characters each, since their script has no spaces; set eval.bleu_tokenize (heed evaluate: --tokenize) to char, "
      "or "
      "for Chinese to zh",
      bleu_tokenizer_name(tokenizer_), line_length, word_length);
}

std::optional<std::string> tokenizer_warning(const std::vector<std::string>& references, BleuTokenizer tokenizer) {
  TokenizerFit fit(tokenizer);
  for (const std::string& line : references) fit.add(line);
  return fit.warning();
}

}  // namespace heed

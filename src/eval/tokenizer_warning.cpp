#include "eval/tokenizer_warning.h"

#include <fmt/format.h>

#include <algorithm>

#include "core/spaceless_scripts.h"
#include "core/utf8.h"

namespace heed {
namespace {

constexpr double kSmallestShare = 0.25, kLongWord = 5, kFewWords = 1.5;  // see the header

bool begins_character(char byte) { return (static_cast<unsigned char>(byte) & 0xC0) != 0x80; }

// Characters of one or two bytes are of no such script.
int64_t spaceless_characters(std::string_view word) {
  constexpr unsigned char kFirstOfThreeBytes = 0xE0;
  int64_t count = 0;
  for (size_t at = 0; at < word.size(); ++at)
    if (static_cast<unsigned char>(word[at]) >= kFirstOfThreeBytes &&
        is_written_without_spaces(code_point_at(word, at)))
      ++count;
  return count;
}

double ratio(int64_t a, int64_t b) { return b == 0 ? 0 : static_cast<double>(a) / static_cast<double>(b); }

}  // namespace

TokenizerFit::Counts& TokenizerFit::Counts::operator+=(const Counts& other) {
  lines += other.lines;
  words += other.words;
  characters += other.characters;
  spaceless_words += other.spaceless_words;
  spaceless_characters += other.spaceless_characters;
  return *this;
}

TokenizerFit::Counts TokenizerFit::counts(const std::string& reference) const {
  if (tokenizer_ == BleuTokenizer::kSpm) return {};  // the model's pieces fit whatever it learnt
  if (tokenizer_ == BleuTokenizer::kCharacter) return {};
  RewrittenLines rewritten;
  const std::vector<std::string_view> words = bleu_tokens(reference, tokenizer_, rewritten);
  Counts counts;
  if (words.empty()) return counts;
  counts.lines = 1;
  counts.words = static_cast<int64_t>(words.size());
  for (const std::string_view word : words) {
    const int64_t found = spaceless_characters(word);
    counts.characters += std::count_if(word.begin(), word.end(), begins_character);
    counts.spaceless_characters += found;
    if (found > 0) ++counts.spaceless_words;
  }
  return counts;
}

std::optional<std::string> TokenizerFit::warning(const Counts& sums) const {
  const double share = ratio(sums.spaceless_characters, sums.characters);
  const double word_length = ratio(sums.spaceless_characters, sums.spaceless_words);
  const double line_length = ratio(sums.words, sums.lines);
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
  const TokenizerFit fit(tokenizer);
  TokenizerFit::Counts sums;
  for (const std::string& line : references) sums += fit.counts(line);
  return fit.warning(sums);
}

}  // namespace heed

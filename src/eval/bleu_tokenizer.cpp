#include "eval/bleu_tokenizer.h"

#include "core/code_range.h"
#include "core/error.h"
#include "core/utf8.h"
#include "eval/respacing.h"
#include "eval/text_line.h"
#include "eval/unicode_category.h"

namespace heed {
namespace {

std::u32string mteval_13a(std::u32string_view line) {
  std::u32string text = U" " + std::u32string(line) + U" ";
  replace_all(text, U"<skipped>", U"");
  replace_all(text, U"-\n", U"");
  replace_all(text, U"\n", U" ");
  resolve_entities(text);
  return points_apart(set_apart(text, is_western_symbol));
}

std::u32string international(std::u32string_view line) {
  std::u32string text = set_pairs_apart(line, no(is_number), is_punctuation, Apart::kSecond);
  text = set_pairs_apart(text, is_punctuation, no(is_number), Apart::kFirst);
  return set_apart(text, is_symbol);
}

// sacreBLEU's ranges, with its slip: Extension B and the Compatibility Supplement are written with four-digit escapes
// there, so U+2001 to U+2A6D and U+2F81 to U+2FA1 count as Chinese, and the two blocks themselves do not.
constexpr CodeRange kChinese[] = {{0x2001, 0x2A6D}, {0x2E80, 0x2FDF}, {0x2FF0, 0x303F}, {0x3100, 0x312F},
                                  {0x31A0, 0x31BF}, {0x31C0, 0x31EF}, {0x3200, 0x33FF}, {0x3400, 0x4DB5},
                                  {0x4E00, 0x9FA5}, {0x9FA6, 0x9FBB}, {0xF900, 0xFA2D}, {0xFA30, 0xFA6A},
                                  {0xFA70, 0xFAD9}, {0xFE10, 0xFE1F}, {0xFE30, 0xFE4F}, {0xFF00, 0xFFEF}};

bool is_chinese(char32_t c) { return is_among(kChinese, c); }

std::u32string respaced(std::u32string_view line, BleuTokenizer tokenizer) {
  switch (tokenizer) {
    case BleuTokenizer::k13a:
      return mteval_13a(line);
    case BleuTokenizer::kInternational:
      return international(line);
    case BleuTokenizer::kCharacter:
      return set_apart(line, no(is_space));
    case BleuTokenizer::kChinese:
      return points_apart(set_apart(set_apart(strip(line), is_chinese), is_western_symbol));
    case BleuTokenizer::kNone:
    case BleuTokenizer::kSpm:
      break;
  }
  return std::u32string(line);
}

}  // namespace

BleuTokenizer bleu_tokenizer(std::string_view name) {
  std::string known;
  for (const auto& [tokenizer, its_name] : enum_names(BleuTokenizer{})) {
    if (name == its_name) return tokenizer;
    known += (known.empty() ? "" : ", ") + std::string(its_name);
  }
  throw ConfigError("unknown BLEU tokenizer '" + std::string(name) + "'; there are " + known);
}

std::string bleu_tokenizer_name(BleuTokenizer tokenizer) { return std::string(name_of(tokenizer)); }

std::u32string bleu_spaced(std::u32string_view line, BleuTokenizer tokenizer) {
  return respaced(strip_right(line), tokenizer);
}

std::vector<std::u32string> bleu_tokens(std::u32string_view line, BleuTokenizer tokenizer) {
  const std::u32string text = bleu_spaced(line, tokenizer);
  const auto words = split_at_space(text);
  return {words.begin(), words.end()};
}

std::u32string ModelPieces::spaced(std::u32string_view line) const {
  std::string text, joined;
  for (const char32_t c : strip_right(line)) append_utf8(c, text);
  for (const std::string& piece : cut(text)) joined += piece + " ";
  return code_points(joined);
}

std::string ModelPieces::name() const {
  constexpr size_t kDigits = 8;
  return std::string(name_of(BleuTokenizer::kSpm)) + "-" + fingerprint.substr(0, kDigits);
}

}  // namespace heed

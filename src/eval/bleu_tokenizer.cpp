#include "eval/bleu_tokenizer.h"

#include <algorithm>
#include <utility>

#include "core/code_range.h"
#include "core/error.h"
#include "core/utf8.h"
#include "eval/respacing.h"
#include "eval/text_line.h"
#include "eval/unicode_category.h"
#include "eval/western_tokens.h"

namespace heed {
namespace {

// What mteval-v13a.pl replaces before it cuts.
std::u32string without_markup(std::u32string_view line) {
  std::u32string text(strip_right(line));
  replace_all(text, U"<skipped>", U"");
  replace_all(text, U"-\n", U"");
  replace_all(text, U"\n", U" ");
  resolve_entities(text);
  return text;
}

bool may_have_markup(std::string_view line) {
  constexpr std::string_view kMarks = "<&\n";
  return std::any_of(kMarks.begin(), kMarks.end(), [&](char c) { return line.find(c) != std::string_view::npos; });
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

std::vector<std::string_view> characters(std::string_view line) {
  std::vector<std::string_view> tokens;
  for (size_t at = 0, length = 0; at < line.size(); at += length) {
    length = utf8_character_length(line, at);
    if (space_length(line, at) == 0) tokens.push_back(line.substr(at, length));
  }
  return tokens;
}

std::string with_spaces(const std::vector<std::string>& pieces) {
  std::string joined;
  for (const std::string& piece : pieces) joined += piece + " ";
  return joined;
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

std::vector<std::string_view> bleu_tokens(std::string_view line, BleuTokenizer tokenizer, RewrittenLines& rewritten,
                                          const ModelPieces& pieces) {
  const auto keep = [&](std::string text) -> std::string_view { return rewritten.emplace_front(std::move(text)); };
  switch (tokenizer) {
    case BleuTokenizer::k13a:
      if (may_have_markup(line)) line = keep(encode_line(without_markup(code_points(line))));
      return western_tokens(line, Edges::kSpaces);
    case BleuTokenizer::kInternational:
      return split_at_space(keep(encode_line(international(strip_right(code_points(line))))));
    case BleuTokenizer::kCharacter:
      return characters(line);
    case BleuTokenizer::kChinese:
      return western_tokens(keep(encode_line(set_apart(strip(code_points(line)), is_chinese))), Edges::kNothing);
    case BleuTokenizer::kSpm:
      return split_at_space(keep(with_spaces(pieces.cut(encode_line(strip_right(code_points(line)))))));
    case BleuTokenizer::kNone:
      break;
  }
  return split_at_space(line);
}

std::string ModelPieces::name() const {
  constexpr size_t kDigits = 8;
  return std::string(name_of(BleuTokenizer::kSpm)) + "-" + fingerprint.substr(0, kDigits);
}

}  // namespace heed

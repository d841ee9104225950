#include "eval/bleu_tokenizer.h"

#include <algorithm>
#include <array>
#include <utility>

#include "core/error.h"
#include "core/utf8.h"
#include "eval/text_line.h"
#include "eval/unicode_category.h"

namespace heed {
namespace {

bool is_digit(char32_t c) { return c >= U'0' && c <= U'9'; }
bool is_point(char32_t c) { return c == U'.' || c == U','; }
bool is_dash(char32_t c) { return c == U'-'; }

// ASCII symbols and the space, but not ' , - .
bool is_western_symbol(char32_t c) {
  return (c >= U' ' && c <= U'&') || (c >= U'(' && c <= U'+') || c == U'/' || (c >= U':' && c <= U'@') ||
         (c >= U'[' && c <= U'`') || (c >= U'{' && c <= U'~');
}

template <class Predicate>
auto no(Predicate predicate) {
  return [predicate](char32_t c) { return !predicate(c); };
}

// Every such character gets a space on either side.
template <class Predicate>
std::u32string set_apart(std::u32string_view text, Predicate predicate) {
  std::u32string out;
  out.reserve(2 * text.size());
  for (const char32_t c : text) {
    if (predicate(c))
      out.append({U' ', c, U' '});
    else
      out.push_back(c);
  }
  return out;
}

enum class Apart { kFirst, kSecond };  // which character of a matching pair is set apart

// Like a regular expression's substitution of the pair (first)(second): left to right, matches do not overlap, so the
// second character of a match cannot be the first of the next. " \1 \2" for kFirst, "\1 \2 " for kSecond.
template <class First, class Second>
std::u32string set_pairs_apart(std::u32string_view text, First first, Second second, Apart apart) {
  std::u32string out;
  out.reserve(2 * text.size());
  for (size_t i = 0; i < text.size(); ++i) {
    const bool match = i + 1 < text.size() && first(text[i]) && second(text[i + 1]);
    if (!match) {
      out.push_back(text[i]);
      continue;
    }
    if (apart == Apart::kFirst)
      out.append({U' ', text[i], U' ', text[i + 1]});
    else
      out.append({text[i], U' ', text[i + 1], U' '});
    ++i;
  }
  return out;
}

void replace_all(std::u32string& text, std::u32string_view from, std::u32string_view to) {
  for (size_t at = text.find(from); at != std::u32string::npos; at = text.find(from, at + to.size()))
    text.replace(at, from.size(), to);
}

std::u32string western(std::u32string_view line) {
  std::u32string text = set_apart(line, is_western_symbol);
  text = set_pairs_apart(text, no(is_digit), is_point, Apart::kSecond);
  text = set_pairs_apart(text, is_point, no(is_digit), Apart::kFirst);
  return set_pairs_apart(text, is_digit, is_dash, Apart::kSecond);
}

std::u32string mteval_13a(std::u32string_view line) {
  std::u32string text = U" " + std::u32string(line) + U" ";
  replace_all(text, U"<skipped>", U"");
  replace_all(text, U"-\n", U"");
  replace_all(text, U"\n", U" ");
  replace_all(text, U"&quot;", U"\"");  // this order: "&amp;lt;" becomes "<"
  replace_all(text, U"&amp;", U"&");
  replace_all(text, U"&lt;", U"<");
  replace_all(text, U"&gt;", U">");
  return western(text);
}

std::u32string international(std::u32string_view line) {
  std::u32string text = set_pairs_apart(line, no(is_number), is_punctuation, Apart::kSecond);
  text = set_pairs_apart(text, is_punctuation, no(is_number), Apart::kFirst);
  return set_apart(text, is_symbol);
}

// sacreBLEU's ranges, with its slip: Extension B and the Compatibility Supplement are written with four-digit escapes
// there, so U+2001 to U+2A6D and U+2F81 to U+2FA1 count as Chinese, and the two blocks themselves do not.
bool is_chinese(char32_t c) {
  static constexpr std::array<std::pair<char32_t, char32_t>, 22> kRanges = {{
      {0x3400, 0x4DB5}, {0x4E00, 0x9FA5}, {0x9FA6, 0x9FBB}, {0xF900, 0xFA2D}, {0xFA30, 0xFA6A}, {0xFA70, 0xFAD9},
      {0x2001, 0x2A6D}, {0x2F81, 0x2FA1}, {0xFF00, 0xFFEF}, {0x2E80, 0x2EFF}, {0x3000, 0x303F}, {0x31C0, 0x31EF},
      {0x2F00, 0x2FDF}, {0x2FF0, 0x2FFF}, {0x3100, 0x312F}, {0x31A0, 0x31BF}, {0xFE10, 0xFE1F}, {0xFE30, 0xFE4F},
      {0x2600, 0x26FF}, {0x2700, 0x27BF}, {0x3200, 0x32FF}, {0x3300, 0x33FF},
  }};
  return std::any_of(kRanges.begin(), kRanges.end(), [c](auto range) { return c >= range.first && c <= range.second; });
}

std::u32string respaced(std::u32string_view line, BleuTokenizer tokenizer) {
  switch (tokenizer) {
    case BleuTokenizer::k13a:
      return mteval_13a(line);
    case BleuTokenizer::kInternational:
      return international(line);
    case BleuTokenizer::kCharacter:
      return set_apart(line, no(is_space));
    case BleuTokenizer::kChinese:
      return western(set_apart(strip(line), is_chinese));
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

std::vector<std::u32string> bleu_tokens(std::u32string_view line, BleuTokenizer tokenizer) {
  const std::u32string text = respaced(strip_right(line), tokenizer);
  const auto words = split_at_space(text);
  return {words.begin(), words.end()};
}

std::vector<std::u32string> ModelPieces::tokens(std::u32string_view line) const {
  std::string text, joined;
  for (const char32_t c : strip_right(line)) append_utf8(c, text);
  for (const std::string& piece : cut(text)) joined += piece + " ";
  return bleu_tokens(code_points(joined), BleuTokenizer::kNone);
}

std::string ModelPieces::name() const {
  constexpr size_t kDigits = 8;
  return std::string(name_of(BleuTokenizer::kSpm)) + "-" + fingerprint.substr(0, kDigits);
}

}  // namespace heed

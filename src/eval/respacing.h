#pragma once

#include <string>
#include <string_view>

namespace heed {

// What the tokenizers of BLEU and TER are made of: substitutions that put spaces around characters, as the regular
// expressions of the scripts that they come from do.

constexpr bool is_digit(char32_t c) { return c >= U'0' && c <= U'9'; }
constexpr bool is_point(char32_t c) { return c == U'.' || c == U','; }
constexpr bool is_dash(char32_t c) { return c == U'-'; }

// ASCII symbols and the space, but not ' , - .
constexpr bool is_western_symbol(char32_t c) {
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
  size_t copied = 0;
  for (size_t i = 0; i < text.size(); ++i) {
    if (!predicate(text[i])) continue;
    out.append(text, copied, i - copied).append({U' ', text[i], U' '});
    copied = i + 1;
  }
  return out.append(text, copied);
}

enum class Apart { kFirst, kSecond };  // which character of a matching pair is set apart

// Like a regular expression's substitution of the pair (first)(second): left to right, matches do not overlap, so the
// second character of a match cannot be the first of the next. " \1 \2" for kFirst, "\1 \2 " for kSecond.
template <class First, class Second>
std::u32string set_pairs_apart(std::u32string_view text, First first, Second second, Apart apart) {
  std::u32string out;
  out.reserve(2 * text.size());
  size_t copied = 0;
  for (size_t i = 0; i + 1 < text.size(); ++i) {
    if (!second(text[i + 1]) || !first(text[i])) continue;
    out.append(text, copied, i - copied);
    if (apart == Apart::kFirst)
      out.append({U' ', text[i], U' ', text[i + 1]});
    else
      out.append({text[i], U' ', text[i + 1], U' '});
    copied = i + 2;
    ++i;
  }
  return out.append(text, copied);
}

void replace_all(std::u32string& text, std::u32string_view from, std::u32string_view to);

// &quot; &amp; &lt; &gt; in this order: "&amp;lt;" becomes "<".
void resolve_entities(std::u32string& text);

// Points and commas apart but between digits, a dash after a digit apart.
std::u32string points_apart(std::u32string_view text);

}  // namespace heed

#include "eval/respacing.h"

namespace heed {

void replace_all(std::u32string& text, std::u32string_view from, std::u32string_view to) {
  for (size_t at = text.find(from); at != std::u32string::npos; at = text.find(from, at + to.size()))
    text.replace(at, from.size(), to);
}

void resolve_entities(std::u32string& text) {
  replace_all(text, U"&quot;", U"\"");
  replace_all(text, U"&amp;", U"&");
  replace_all(text, U"&lt;", U"<");
  replace_all(text, U"&gt;", U">");
}

std::u32string points_apart(std::u32string_view line) {
  std::u32string text = set_pairs_apart(line, no(is_digit), is_point, Apart::kSecond);
  text = set_pairs_apart(text, is_point, no(is_digit), Apart::kFirst);
  return set_pairs_apart(text, is_digit, is_dash, Apart::kSecond);
}

}  // namespace heed

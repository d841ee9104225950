#include "eval/western_tokens.h"

#include <gtest/gtest.h>

#include <random>
#include <string>

#include "eval/respacing.h"
#include "eval/text_line.h"

namespace heed {
namespace {

using Tokens = std::vector<std::string>;

Tokens found(const std::string& text, Edges edges) {
  const auto tokens = western_tokens(text, edges);
  return {tokens.begin(), tokens.end()};
}

// The substitutions of mteval-v13a.pl one after another, as its regular expressions do them.
Tokens by_substitution(const std::u32string& text, Edges edges) {
  const std::u32string padded = edges == Edges::kSpaces ? U" " + text + U" " : text;
  const std::u32string apart = points_apart(set_apart(padded, is_western_symbol));
  Tokens tokens;
  for (const std::u32string_view word : split_at_space(apart)) tokens.push_back(encode_line(word));
  return tokens;
}

// Short texts of few characters: every way in which points, digits, dashes and ends can meet comes up.
TEST(WesternTokens, AreThoseOfTheFourRegularExpressions) {
  const std::u32string_view characters = U"11aa..,,--$& \u00E9\u00A0\u3000\U0001F600'";
  std::mt19937 random(7);
  const auto below = [&](size_t end) { return static_cast<size_t>(random()) % end; };
  for (int i = 0; i < 100000; ++i) {
    std::u32string text(below(9), U' ');
    for (char32_t& c : text) c = characters[below(characters.size())];
    for (const Edges edges : {Edges::kSpaces, Edges::kNothing})
      ASSERT_EQ(found(encode_line(text), edges), by_substitution(text, edges)) << encode_line(text);
  }
}

TEST(WesternTokens, WithoutEdgesAPointStaysAtThem) {
  EXPECT_EQ(found(".5 a 5.", Edges::kNothing), (Tokens{".5", "a", "5."}));
  EXPECT_EQ(found(".5 a 5.", Edges::kSpaces), (Tokens{".", "5", "a", "5", "."}));
}

}  // namespace
}  // namespace heed

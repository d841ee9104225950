#include "eval/ngrams.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <random>
#include <string>

namespace heed {
namespace {

using ::testing::ElementsAre;
using Tokens = std::vector<uint32_t>;

// Counts of whole n-grams, kept as what they are.
std::map<Tokens, int64_t> counted(const Tokens& tokens, size_t max_order) {
  std::map<Tokens, int64_t> counts;
  for (auto begin = tokens.begin(); begin != tokens.end(); ++begin)
    for (size_t n = 1; n <= std::min(max_order, static_cast<size_t>(tokens.end() - begin)); ++n)
      ++counts[Tokens(begin, begin + static_cast<std::ptrdiff_t>(n))];
  return counts;
}

TEST(NgramIndex, FindsWhatCountingWholeNgramsFinds) {
  std::mt19937 random(3);
  const auto sentence = [&] {
    Tokens tokens(random() % 40);
    for (uint32_t& token : tokens) token = static_cast<uint32_t>(random() % 4);
    return tokens;
  };
  for (int i = 0; i < 300; ++i) {
    constexpr size_t kOrders = 4;
    NgramIndex index(kOrders);
    std::map<Tokens, int64_t> most;
    for (int reference = 0; reference <= i % 3; ++reference) {
      const Tokens tokens = sentence();
      index.add(tokens);
      for (const auto& [ngram, count] : counted(tokens, kOrders)) most[ngram] = std::max(most[ngram], count);
    }
    const Tokens hypothesis = sentence();
    std::vector<int64_t> expected(kOrders);
    for (const auto& [ngram, count] : counted(hypothesis, kOrders))
      expected[ngram.size() - 1] += std::min(count, most[ngram]);
    ASSERT_EQ(index.matches(hypothesis), expected);
    ASSERT_EQ(index.matches(hypothesis), expected) << "a look changes nothing";
  }
}

TEST(NgramIndex, ManyNgramsAreManyNumbers) {
  Tokens tokens;
  for (uint32_t i = 0; i < 5000; ++i) tokens.push_back(i);
  NgramIndex index(2);
  index.add(tokens);
  EXPECT_THAT(index.matches(tokens), ElementsAre(5000, 4999));
}

TEST(WordIndex, GivesAWordOneNumber) {
  WordIndex<char> index;
  const std::string text = "a bc a";
  const std::vector<std::string_view> words = {std::string_view(text).substr(0, 1), std::string_view(text).substr(2, 2),
                                               std::string_view(text).substr(5)};
  const auto first = index.ids(words);
  EXPECT_EQ(first[0], first[2]);
  EXPECT_NE(first[0], first[1]);
  EXPECT_EQ(index.ids(std::vector<std::string>{"bc", "d"})[0], first[1]);
}

}  // namespace
}  // namespace heed

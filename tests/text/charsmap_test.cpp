#include "text/charsmap.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstring>
#include <vector>

#include "core/error.h"
#include "text/generated_text.h"
#include "text/sentencepiece_model.h"
#include "text/tokenizer_training.h"

namespace heed {
namespace {

using testing::HasSubstr;
using testing::Optional;

constexpr uint32_t kNobody = uint32_t{1} << 31, kHasLeaf = 1 << 8;

std::string charsmap(const std::vector<uint32_t>& units, const std::string& replacements) {
  const auto size = static_cast<uint32_t>(units.size() * sizeof(uint32_t));
  std::string bytes(sizeof(size) + size, '\0');
  std::memcpy(bytes.data(), &size, sizeof(size));
  std::memcpy(bytes.data() + sizeof(size), units.data(), size);
  return bytes + replacements;
}

// A trie of `blocks` blocks whose rules are a, aa, aaa, ..., `rules` of them: the node of each lies in a block of its
// own, its value beside its child.
std::string nested_rules(uint32_t rules, uint32_t value = 0) {
  std::vector<uint32_t> units((rules + 2) * 256, kNobody);
  units[0] = 256 << 10;
  for (uint32_t depth = 1; depth <= rules; ++depth) {
    const uint32_t node = (depth * 256) ^ 'a', next = (depth + 1) * 256;
    units[node] = (node ^ next) << 10 | kHasLeaf | 'a';
    units[next] = kNobody | value;
  }
  return charsmap(units, std::string("b\0c\0", 4));
}

TEST(Charsmap, OursAndNoneAreSound) {
  EXPECT_EQ(charsmap_fault(""), std::nullopt);
  EXPECT_EQ(charsmap_fault(tab_to_space_charsmap()), std::nullopt);
  EXPECT_EQ(charsmap_fault(nested_rules(3)), std::nullopt);
}

TEST(Charsmap, TheLibrarysOwnAreSound) {
  for (const Normalization rules : {Normalization::kNmtNfkc, Normalization::kNfkc, Normalization::kNmtNfkcCf}) {
    const TemporaryDirectory directory("charsmap");
    TokenizerConfig config;
    config.vocab_size = 120;
    config.normalization = rules;
    EXPECT_NO_THROW(make_tokenizers(config, {{directory.write("text", generated_lines(300, 1))}, {}}, 1));
  }
}

TEST(Charsmap, WrongSizesAreNamed) {
  const std::string whole = nested_rules(3);
  for (size_t size = 1; size < whole.size() - 2; ++size) EXPECT_NE(charsmap_fault(whole.substr(0, size)), std::nullopt);
  EXPECT_THAT(charsmap_fault("abc"), Optional(HasSubstr("end too early")));
  EXPECT_THAT(charsmap_fault(charsmap({0}, std::string("b\0", 2))), Optional(HasSubstr("wrong size")));
}

TEST(Charsmap, ReplacementsAreText) {
  const std::vector<uint32_t> no_rules = [] {
    std::vector<uint32_t> units(512, kNobody);
    units[0] = 256 << 10;
    return units;
  }();
  EXPECT_EQ(charsmap_fault(charsmap(no_rules, std::string("b\0", 2))), std::nullopt);
  for (const std::string& bad : {std::string(), std::string("b"), std::string("\xC3\0", 2)})
    EXPECT_THAT(charsmap_fault(charsmap(no_rules, bad)), Optional(HasSubstr("no text"))) << bad;
}

TEST(Charsmap, ValuesLieWithinTheReplacements) {
  EXPECT_EQ(charsmap_fault(nested_rules(3, 3)), std::nullopt);
  EXPECT_THAT(charsmap_fault(nested_rules(3, 4)), Optional(HasSubstr("lead outside")));
}

// The library keeps at most 32 matches of a text.
TEST(Charsmap, NoTextMatchesMoreRulesThanTheLibraryKeeps) {
  EXPECT_EQ(charsmap_fault(nested_rules(32)), std::nullopt);
  EXPECT_NE(charsmap_fault(nested_rules(33)), std::nullopt);
}

TEST(Charsmap, ATrieThatIsACircleOrLeadsOutsideIsNamed) {
  std::vector<uint32_t> units(512, kNobody);
  units[0] = 256 << 10;
  units[256 ^ 'a'] = static_cast<uint32_t>('a') << 10 | 'a';  // its children are those of the root
  EXPECT_NE(charsmap_fault(charsmap(units, std::string("b\0", 2))), std::nullopt);
  units[256 ^ 'a'] = uint32_t{4096} << 10 | 'a';
  EXPECT_NE(charsmap_fault(charsmap(units, std::string("b\0", 2))), std::nullopt);
  units[0] = uint32_t{512} << 10;
  EXPECT_NE(charsmap_fault(charsmap(units, std::string("b\0", 2))), std::nullopt);
}

// Both of a model's normalizers are looked at: that of texts and that of what is decoded.
TEST(Charsmap, AModelWithSuchRulesIsRefused) {
  for (const char field : {'\x1A', '\x2A'}) {
    const std::string model(
        "\x0A\x0A\x0A\x01"
        "a\x15\x00\x00\x80\xBF\x18\x01\x12\x00\x1A\x00",
        16);
    const std::string rules("\x05\x12\x03\x01\x02\x03", 6);
    try {
      read_sentencepiece_model(model + field + rules, "x.model");
      ADD_FAILURE() << "read";
    } catch (const DataError& error) {
      EXPECT_STREQ(error.what(),
                   "x.model: not a sentencepiece model or damaged (its normalisation rules end too early)");
    }
  }
}

}  // namespace
}  // namespace heed

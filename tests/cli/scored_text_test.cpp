#include "cli/scored_text.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "cli/model_text.h"
#include "core/error.h"
#include "support/scratch_directory.h"

namespace heed {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

class ScoredTextTest : public ::testing::Test {
 protected:
  std::string write(const std::string& name, const std::string& text) const {
    put(scratch_ / name, text);
    return scratch_ / name;
  }

  ScratchDirectory scratch_;
};

// All lines of each.
std::vector<std::vector<std::string>> read_parallel(const std::vector<TextFiles>& texts,
                                                    Utf8Policy invalid_utf8 = Utf8Policy::kError) {
  ParallelTexts reading(texts, {.invalid_utf8 = invalid_utf8});
  std::vector<std::vector<std::string>> all(texts.size());
  for (std::vector<std::string> lines; reading.next(lines);)
    for (size_t i = 0; i < lines.size(); ++i) all[i].push_back(lines[i]);
  return all;
}

TEST_F(ScoredTextTest, ReadsTheFilesOfATextOneAfterAnother) {
  const auto lines = read_parallel({{write("a", "1\n2\n"), write("b", "3\n")}, {write("c", "x\n\nz")}});
  EXPECT_THAT(lines, ElementsAre(ElementsAre("1", "2", "3"), ElementsAre("x", "", "z")));
}

TEST_F(ScoredTextTest, ALineThatIsLeftOutIsBlankInEveryText) {
  const auto lines = read_parallel(
      {{write("a", "1\n\xFF\n3\n")}, {write("b", "x\ny\nz\n")}, {write("c", "u\nv\n\xFE\n")}}, Utf8Policy::kSkip);
  EXPECT_THAT(lines, ElementsAre(ElementsAre("1", "", ""), ElementsAre("x", "", ""), ElementsAre("u", "", "")));
}

TEST_F(ScoredTextTest, NamesTheFilesWhoseCountsDiffer) {
  try {
    read_parallel({{write("a", "1\n2\n")}, {write("b", "x\ny\n")}, {write("c", "u\n")}});
    FAIL() << "accepted";
  } catch (const DataError& error) {
    EXPECT_THAT(error.what(), AllOf(HasSubstr("a has 2 lines but "), HasSubstr("c has 1:")));
  }
  EXPECT_THROW(read_parallel({{write("empty", "")}}), DataError);
}

TEST(ModelText, OfAnOptionHasTheFateOfTheCorpus) {
  DataConfig config;
  EXPECT_EQ(text_of_option("--source", "caf\u00e9", config), "caf\u00e9");
  EXPECT_THROW(text_of_option("--source", "caf\xE9", config), DataError);
  config.invalid_utf8 = InvalidUtf8::kReplace;
  EXPECT_EQ(text_of_option("--source", "caf\xE9", config), "caf\uFFFD");
  config.invalid_utf8 = InvalidUtf8::kSkip;
  EXPECT_EQ(text_of_option("--source", "caf\xE9", config), "");
}

}  // namespace
}  // namespace heed

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>
#include <numeric>

#include "cli/commands.h"
#include "core/error.h"
#include "support/scratch_directory.h"
#include "support/tiny_translator.h"

namespace heed {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::StartsWith;
using Json = nlohmann::json;

// Commands on a checkpoint at `model`, in whose arguments @ stands for the scratch directory.
class AttentionCommand : public ::testing::Test {
 protected:
  AttentionCommand() {
    write_checkpoint(scratch_ / "model", testing::checkpoint_of(testing::ending_model(), testing::shared_tokenizers()));
  }

  void run(std::vector<std::string> words) const {
    const std::string directory = scratch_.path().string() + "/";
    for (std::string& word : words)
      for (size_t at; (at = word.find('@')) != std::string::npos;) word.replace(at, 1, directory);
    CLI::App app;
    add_attention_command(app);
    add_translate_command(app);
    add_score_command(app);
    std::reverse(words.begin(), words.end());  // CLI11 takes them from the back
    app.parse(words);
  }

  template <class Expected>
  std::string message_of(const std::vector<std::string>& words) const {
    try {
      run(words);
    } catch (const Expected& error) {
      return error.what();
    }
    return "";
  }

  ScratchDirectory scratch_;
};

TEST_F(AttentionCommand, WritesTheNumbersOfEveryHead) {
  run({"attention", "@model", "--source", "w4 w5 w6", "--target", "w7 w8", "-o", "@a.json"});
  const Json view = Json::parse(contents(scratch_ / "a.json"));
  EXPECT_EQ(view["source"]["tokens"], (Json{"w4", "w5", "w6", "</s>"}));
  EXPECT_EQ(view["target"]["tokens"], (Json{"w7", "w8", "</s>"}));
  ASSERT_EQ(view["maps"].size(), 3U * 2 * 3);  // kinds, layers, heads
  for (const Json& map : view["maps"])
    for (const std::vector<double>& row : map["weights"].get<std::vector<std::vector<double>>>())
      EXPECT_NEAR(std::accumulate(row.begin(), row.end(), 0.0), 1, 1e-5);
}

TEST_F(AttentionCommand, WithoutATargetLooksAtItsOwnTranslation) {
  put(scratch_ / "source", "w4 w5 w6\n");
  run({"translate", "@model", "-i", "@source", "-o", "@target", "--decode.n_best=1"});
  std::string translation = contents(scratch_ / "target");
  translation.pop_back();
  run({"attention", "@model", "--source", "w4 w5 w6", "-o", "@own.json"});
  run({"attention", "@model", "--source", "w4 w5 w6", "--target", translation, "-o", "@given.json"});
  EXPECT_EQ(contents(scratch_ / "own.json"), contents(scratch_ / "given.json"));
}

TEST_F(AttentionCommand, TheEndingOfTheFileSaysWhatItIs) {
  run({"attention", "@model", "--source", "w4 w5", "-o", "@a.svg", "--layer", "2", "--head", "3"});
  EXPECT_THAT(contents(scratch_ / "a.svg"), StartsWith("<svg"));
  run({"attention", "@model", "--source", "w4 w5", "-o", "@a.html"});
  EXPECT_THAT(contents(scratch_ / "a.html"), HasSubstr("<html"));
  run({"attention", "@model", "--source", "w4 w5", "-o", "@page", "--format", "html"});
  EXPECT_EQ(contents(scratch_ / "page"), contents(scratch_ / "a.html"));
  EXPECT_THAT(message_of<ConfigError>({"attention", "@model", "--source", "w4", "-o", "@a.pdf"}),
              HasSubstr("--format"));
}

TEST_F(AttentionCommand, RefusesWhatCannotBeDrawn) {
  EXPECT_THAT(message_of<DataError>({"attention", "@model", "--source", " ", "-o", "@a.svg"}), HasSubstr("blank"));
  EXPECT_THAT(message_of<DataError>({"attention", "@model", "--source", "a\xFF", "-o", "@a.svg"}),
              HasSubstr("--source: invalid UTF-8 at byte 2"));
  EXPECT_THAT(message_of<Error>({"attention", "@model", "--source", "w4", "-o", "@a.svg", "--layer", "3"}),
              HasSubstr("cross: 2 layers of 3 heads"));
  EXPECT_FALSE(std::filesystem::exists(scratch_ / "a.svg"));
  EXPECT_THAT(message_of<ConfigError>({"attention", "@model", "--source", "w4", "-o", "@a.html", "--head", "2"}),
              HasSubstr("--head chooses what an svg shows"));
}

TEST_F(AttentionCommand, AlignmentsHaveOneLineForEachLine) {
  put(scratch_ / "source", "w4 w5 w6\n\nw7\n");
  put(scratch_ / "target", "w8 w9\n\nw10 w11 w12\n");
  run({"score", "@model", "--source", "@source", "--target", "@target", "-o", "@scores", "--alignments", "@links"});
  EXPECT_THAT(contents(scratch_ / "links"), ::testing::MatchesRegex("[0-2]-0 [0-2]-1\n\n0-0 0-1 0-2\n"));
  run({"translate", "@model", "-i", "@source", "-o", "@text", "--alignments", "@own"});
  const std::string own = contents(scratch_ / "own");
  EXPECT_EQ(std::count(own.begin(), own.end(), '\n'), 3);
}

}  // namespace
}  // namespace heed

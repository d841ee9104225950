#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>
#include <numeric>

#include "cli/commands.h"
#include "core/error.h"
#include "report/captures.h"
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
    ModelConfig config = testing::tiny_config();
    config.num_decoder_layers = 1;
    const EncoderDecoder small = testing::tiny_model(config, testing::kVocabulary);
    write_checkpoint(scratch_ / "small", testing::checkpoint_of(small, testing::shared_tokenizers()));
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
  EXPECT_THAT(message_of<ConfigError>({"attention", "@model", "--source", "w4", "-o", "@a.svg", "--layer", "3"}),
              HasSubstr("cross: 2 layers of 3 heads"));
  EXPECT_FALSE(std::filesystem::exists(scratch_ / "a.svg"));
  EXPECT_THAT(message_of<ConfigError>({"attention", "@model", "--source", "w4", "-o", "@a.html", "--head", "2"}),
              HasSubstr("--head chooses what an svg shows"));
}

TEST_F(AttentionCommand, EachOfSeveralModelsHasWhatItHasAlone) {
  const std::vector<std::string> text = {"--source", "w4 w5 w6", "--target", "w7 w8"};
  const auto numbers = [&](std::vector<std::string> words) {
    words.insert(words.begin(), "attention");
    words.insert(words.end(), text.begin(), text.end());
    words.insert(words.end(), {"-o", "@a.json"});
    run(words);
    return Json::parse(contents(scratch_ / "a.json"));
  };
  Json expected = {{"models", {numbers({"@model"}), numbers({"@small"}), numbers({"@model"})}}};
  ASSERT_NE(expected["models"][0], expected["models"][1]);
  for (const size_t i : {0, 1, 2}) expected["models"][i]["model"] = scratch_ / (i == 1 ? "small" : "model");
  EXPECT_EQ(numbers({"@model", "--compare", "@small", "@model"}), expected);
  EXPECT_EQ(numbers({"--compare", "@model", "@small", "@model"}), expected);
}

TEST_F(AttentionCommand, SeveralModelsLookAtTheTranslationOfTheFirst) {
  for (const std::string first : {"@model", "@small"}) {
    const std::string second = first == "@model" ? "@small" : "@model";
    run({"attention", first, "--source", "w4 w5 w6", "-o", "@alone.json"});
    run({"attention", first, "--compare", second, "--source", "w4 w5 w6", "-o", "@both.json"});
    const Json alone = Json::parse(contents(scratch_ / "alone.json"));
    const Json both = Json::parse(contents(scratch_ / "both.json"));
    for (const Json& model : both["models"]) EXPECT_EQ(model["target"], alone["target"]) << first;
  }
}

TEST_F(AttentionCommand, DrawsSeveralModelsIntoOnePicture) {
  const std::vector<std::string> several = {"attention", "@model",   "--compare", "@small",
                                            "@model",    "--source", "w4 w5"};
  const auto drawn = [&](const std::vector<std::string>& options) {
    std::vector<std::string> words = several;
    words.insert(words.end(), options.begin(), options.end());
    run(words);
    return contents(scratch_ / options.back().substr(1));
  };
  const std::string model = scratch_ / "model", small = scratch_ / "small";
  const std::string svg = drawn({"--head", "3", "--pieces", "-o", "@a.svg"});
  EXPECT_THAT(captures(svg, "class=\"(ink)\"").size(), 3U);
  EXPECT_THAT(captures(svg, "class=\"title\"[^>]*>([^<]*)<").at(0), "Cross-attention, average over layers, head 3");
  for (const std::string& path : {model, small}) EXPECT_THAT(svg, HasSubstr(path.substr(path.size() - 5) + "<"));
  EXPECT_THAT(captures(drawn({"-o", "@a.html"}), "<h2>([^<]*)</h2>"), ::testing::ElementsAre(model, small, model));
}

TEST_F(AttentionCommand, NamesTheModelThatCannotBeCompared) {
  const auto of = [](const std::string& other, const std::vector<std::string>& options) {
    std::vector<std::string> words = {"attention", "@model", "--compare", other, "--source", "w4", "-o", "@a.svg"};
    words.insert(words.end(), options.begin(), options.end());
    return words;
  };
  EXPECT_EQ(message_of<ConfigError>(of("@small", {"--layer", "2"})),
            (scratch_ / "small").string() +
                ": no attention map cross layer 2 head 0 (0: the average); there are: encoder_self: 2 layers of 3 "
                "heads, decoder_self: 1 layers of 3 heads, cross: 1 layers of 3 heads");
  EXPECT_THAT(message_of<ConfigError>(of("@small", {"--layer", "3"})), StartsWith((scratch_ / "model").string() + ":"));
  EXPECT_THAT(message_of<CheckpointError>(of("@missing", {})), HasSubstr("missing: there is no such run"));
  EXPECT_FALSE(std::filesystem::exists(scratch_ / "a.svg"));
  EXPECT_THROW(run({"attention", "--source", "w4", "-o", "@a.svg"}), CLI::RequiredError);
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

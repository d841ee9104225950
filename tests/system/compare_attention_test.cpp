// `heed attention --compare` on models that were trained apart, with other tokenizers and other layers.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <nlohmann/json.hpp>

#include "report/captures.h"
#include "support/toy_run.h"

namespace heed {
namespace {

using ::testing::ElementsAre;
using testing::Ended;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using testing::ToyRun;
using Json = nlohmann::json;

using Words = std::vector<std::string>;

class CompareAttention : public ::testing::Test {
 protected:
  static void SetUpTestSuite() {
    toy = new ToyRun;
    ASSERT_EQ(toy->train({"--quiet"}).exit_code, 0);
    const Ended other = toy->train({"--quiet", "--run.directory=" + other_model(), "--tokenizer.type=char",
                                    "--model.num_decoder_layers=2", "--train.max_steps=4"});
    ASSERT_EQ(other.exit_code, 0) << other.err;
  }
  static void TearDownTestSuite() { delete toy; }

  static std::string model() { return toy->directory(); }
  static std::string other_model() { return toy->scratch() / "other <b>"; }

  static Ended compare(const Words& models, const Words& options) {
    Words words = {"attention", model(), "--source", "31 14 25", "--target", "25 14 31"};
    words.insert(words.end(), options.begin(), options.end());
    words.emplace_back("--compare");
    words.insert(words.end(), models.begin(), models.end());
    return toy->heed(words);
  }

  static std::string drawn(const std::string& file, const Words& options = {}) {
    Words words = {"-o", toy->scratch() / file};
    words.insert(words.end(), options.begin(), options.end());
    const Ended ended = compare({other_model()}, words);
    EXPECT_EQ(ended.exit_code, 0) << ended.err;
    EXPECT_EQ(ended.err, "");
    return contents(toy->scratch() / file);
  }

  static inline ToyRun* toy = nullptr;
};

Words row_labels(const std::string& svg) { return captures(svg, "class=\"right\"[^>]*>([^<]*)<"); }
Words column_labels(const std::string& svg) { return captures(svg, "rotate\\(-45\\)\">([^<]*)<"); }

TEST_F(CompareAttention, WordsAreTheSameWhateverTheTokenizers) {
  const std::string svg = drawn("a.svg");
  EXPECT_EQ(captures(svg, "class=\"(ink)\"").size(), 2U);
  EXPECT_EQ(captures(svg, "(<title>)[^<]*</title></rect>").size(), 2U * 4 * 4);
  EXPECT_THAT(row_labels(svg), ElementsAre("25", "14", "31", "&lt;/s&gt;", "25", "14", "31", "&lt;/s&gt;"));
  EXPECT_THAT(column_labels(svg), ElementsAre("31", "14", "25", "&lt;/s&gt;", "31", "14", "25", "&lt;/s&gt;"));
  EXPECT_THAT(svg, HasSubstr("other &lt;b&gt;<"));
  EXPECT_EQ(svg.find("<b>"), std::string::npos);
}

TEST_F(CompareAttention, PiecesAreEachModelsOwn) {
  const Words columns = column_labels(drawn("a.svg", {"--pieces"}));
  ASSERT_GT(columns.size(), 2U * 4);
  EXPECT_EQ(Words(columns.begin(), columns.begin() + 4), (Words{"31", "14", "25", "&lt;/s&gt;"}));
  EXPECT_EQ(std::count(columns.begin() + 4, columns.end(), "5"), 1);
}

TEST_F(CompareAttention, ThePageHasASectionForEachModel) {
  const std::string page = drawn("a.html");
  EXPECT_EQ(captures(page, "(<section )").size(), 2U);
  const std::string scratch = toy->scratch().path();
  EXPECT_THAT(captures(page, "<h2>([^<]*)</h2>"), ElementsAre(model(), scratch + "/other &lt;b&gt;"));
}

TEST_F(CompareAttention, TheNumbersAreThoseOfEachModelAlone) {
  const Json models = Json::parse(drawn("a.json")).at("models");
  ASSERT_EQ(models.size(), 2U);
  const Words paths = {model(), other_model()};
  for (size_t i = 0; i < paths.size(); ++i) {
    const Ended alone = toy->heed(
        {"attention", paths[i], "--source", "31 14 25", "--target", "25 14 31", "-o", "-", "--format", "json"});
    Json expected = Json::parse(alone.out);
    expected["model"] = paths[i];
    EXPECT_EQ(models[i], expected);
  }
}

TEST_F(CompareAttention, WhatCannotBeComparedIsOneLineAndLeavesNothing) {
  const std::string file = toy->scratch() / "none.svg";
  const auto expect_refused = [&](const Ended& ended, int exit_code, const std::string& message) {
    EXPECT_EQ(ended.exit_code, exit_code);
    EXPECT_EQ(ended.out, "");
    EXPECT_THAT(ended.err, HasSubstr(message));
    EXPECT_EQ(std::count(ended.err.begin(), ended.err.end(), '\n'), 1) << ended.err;
    EXPECT_FALSE(std::filesystem::exists(file));
  };
  const std::string missing = toy->scratch() / "missing";
  expect_refused(compare({missing}, {"-o", file}), 1, missing + ": there is no such run or checkpoint");
  expect_refused(compare({other_model()}, {"-o", file, "--layer", "2"}), 2,
                 model() + ": no attention map cross layer 2");
  expect_refused(compare({model()}, {"-o", file, "--head", "3"}), 2,
                 model() + ": no attention map cross layer 0 head 3");
  expect_refused(compare({}, {"-o", file}), 2, "--compare: 1 required");
  expect_refused(toy->heed({"attention", "--source", "1", "-o", file}), 2,
                 "model is required; see heed attention --help");
}

}  // namespace
}  // namespace heed

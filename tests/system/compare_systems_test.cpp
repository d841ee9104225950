// heed evaluate of several systems: a table, JSON, every line's scores, the worst lines, and what is refused.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <nlohmann/json.hpp>
#include <tuple>

#include "support/process.h"
#include "support/scratch_directory.h"

namespace heed {
namespace {

using testing::Ended;
using ::testing::HasSubstr;
using ::testing::Not;
using Words = std::vector<std::string>;

class CompareSystems : public ::testing::Test {
 protected:
  void SetUp() override {
    std::string text, good, bad;
    for (int i = 0; i < 30; ++i) {
      text += "the dog bit the man in the park\n";
      good += i % 7 == 0 ? "the dog bit the man in a park\n" : "the dog bit the man in the park\n";
      bad += i == 4 ? "a cat\n" : "the dog bit a man in park\n";
    }
    put(scratch / "text", text);
    put(scratch / "good", good);
    put(scratch / "bad", bad);
    put(scratch / "short", "one line\n");
  }

  std::string file(const std::string& name) const { return (scratch / name).string(); }

  Ended evaluate(const Words& more) const {
    Words command = {HEED_BINARY, "evaluate", "--quiet", "--reference", file("text")};
    for (const std::string& word : more) command.push_back(word.starts_with('@') ? file(word.substr(1)) : word);
    return testing::Process(command, scratch).wait();
  }

  const ScratchDirectory scratch;
};

TEST_F(CompareSystems, ATableHasIntervalsAndPValuesBesideTheFirst) {
  const Ended ended = evaluate({"--hypothesis", "@good", "--hypothesis", "@bad", "--metrics", "bleu,ter"});
  EXPECT_EQ(ended.exit_code, 0) << ended.err;
  EXPECT_THAT(ended.out, HasSubstr("good (baseline)  "));
  EXPECT_THAT(ended.out, HasSubstr(" ± "));
  EXPECT_THAT(ended.out, HasSubstr(" p = 0.0010*"));
  EXPECT_THAT(ended.out, HasSubstr("nrefs:1|bs:1000|seed:12345|case:mixed|"));
  EXPECT_EQ(evaluate({"--hypothesis", "@good", "--hypothesis", "@bad", "--metrics", "bleu,ter", "--threads", "1"}).out,
            ended.out);
}

TEST_F(CompareSystems, JsonHasTheSameNumbersInFull) {
  const Ended ended = evaluate(
      {"--hypothesis", "@good", "--hypothesis", "@good", "--hypothesis", "@bad", "--json", "--samples", "200"});
  ASSERT_EQ(ended.exit_code, 0) << ended.err;
  const auto systems = nlohmann::json::parse(ended.out).at("systems");
  ASSERT_EQ(systems.size(), 3u);
  EXPECT_FALSE(systems[0].at("scores")[0].contains("p_value"));
  EXPECT_EQ(systems[0].at("scores")[0].at("score"), systems[1].at("scores")[0].at("score"));
  EXPECT_LT(systems[2].at("scores")[0].at("p_value"), 0.01);
  EXPECT_GT(systems[2].at("scores")[0].at("confidence"), 0);
}

TEST_F(CompareSystems, EveryLineHasItsScores) {
  const Ended ended = evaluate({"--hypothesis", "@bad", "--metrics", "chrf,rouge1", "--per-sentence", "@lines.tsv"});
  ASSERT_EQ(ended.exit_code, 0) << ended.err;
  EXPECT_THAT(ended.out, Not(HasSubstr("±"))) << "nobody has asked for an interval";
  const std::string lines = contents(file("lines.tsv"));
  EXPECT_EQ(std::count(lines.begin(), lines.end(), '\n'), 31);
  EXPECT_THAT(lines, HasSubstr("line\tchrf:" + file("bad") + "\trouge1:" + file("bad") + "\n1\t"));
  EXPECT_THAT(lines, HasSubstr("\n5\t3."));
}

TEST_F(CompareSystems, TheWorstLinesAreShownBesideTheReference) {
  const Ended ended = evaluate({"--hypothesis", "@good", "--hypothesis", "@bad", "--worst", "1"});
  ASSERT_EQ(ended.exit_code, 0) << ended.err;
  EXPECT_THAT(ended.out, HasSubstr("\nline 5\n"));
  EXPECT_THAT(ended.out, HasSubstr("a cat\n"));
}

TEST_F(CompareSystems, APageIsWrittenBesideTheTable) {
  const Words two = {"--hypothesis", "@good", "--hypothesis", "@bad", "--metrics", "bleu,ter"};
  Words with_page = two;
  with_page.insert(with_page.end(), {"--html", "@page.html"});
  const Ended ended = evaluate(with_page);
  ASSERT_EQ(ended.exit_code, 0) << ended.err;
  EXPECT_EQ(ended.out, evaluate(two).out);
  const std::string page = contents(file("page.html"));
  EXPECT_THAT(page, HasSubstr(file("good") + " <span>(baseline)</span>"));
  EXPECT_THAT(page, HasSubstr("p = 0.0010*"));
  EXPECT_THAT(page, HasSubstr(R"({"r":[["the"," dog"," bit"," the"," man"," in"," the"," park"]],"t":)"));
  EXPECT_EQ(evaluate({"--hypothesis", "@bad", "--html", "@page.html"}).exit_code, 0);
  EXPECT_THAT(contents(file("page.html")), Not(HasSubstr("(baseline)")));
}

TEST_F(CompareSystems, ConfidenceIsGivenWhateverTheTest) {
  const auto scores_by = [this](const std::string& test) {
    const Ended ended = evaluate({"--hypothesis", "@good", "--hypothesis", "@bad", "--confidence", "--test", test,
                                  "--samples", "100", "--json"});
    return nlohmann::json::parse(ended.out).at("systems")[1].at("scores")[0];
  };
  const auto bootstrap = scores_by("bootstrap"), randomization = scores_by("randomization"), none = scores_by("none");
  EXPECT_EQ(none.at("confidence"), bootstrap.at("confidence"));
  EXPECT_EQ(randomization.at("confidence"), bootstrap.at("confidence"));
  EXPECT_TRUE(randomization.contains("p_value"));
  EXPECT_FALSE(none.contains("p_value"));
  EXPECT_THAT(randomization.at("signature").get<std::string>(), HasSubstr("nrefs:1|bs:100|ar:100|seed:12345|"));
  const Ended alone = evaluate({"--hypothesis", "@good", "--confidence", "--test", "none"});
  EXPECT_THAT(alone.out, HasSubstr(" ± "));
}

TEST_F(CompareSystems, WhatMakesNoSenseIsRefusedInOneLine) {
  const std::vector<std::tuple<Words, int, std::string>> refused = {
      {{"--hypothesis", "@good", "--hypothesis", "@short"}, 1, "has 30 lines but"},
      {{"--hypothesis", "@good", "--test", "bootstrap"}, 2, "--test compares systems with the first"},
      {{"--hypothesis", "@good", "--samples", "9"}, 2, "--samples and --seed are of a test"},
      {{"--hypothesis", "@good", "--hypothesis", "@bad", "--test", "none", "--seed", "9"},
       2,
       "--samples and --seed are of a test"},
      {{"--hypothesis", "@good", "--worst", "2", "--json"}, 2, "--worst prints lines to read"},
      {{"--hypothesis", "@good", "--per-sentence", "@good"}, 2, "is an input file (--hypothesis"},
      {{"--hypothesis", "@good", "--per-sentence", "@nowhere/lines"}, 1, "nowhere/lines"},
      {{"--hypothesis", "@good", "--html", "@text"}, 2, "--html " + file("text") + " is an input file (--reference"},
      {{"--hypothesis", "@good", "--html", "@lines", "--per-sentence", "@lines"}, 2, "expected another file"},
      {{"--hypothesis", "@good", "--html", "@nowhere/page.html"}, 1, "nowhere/page.html"},
      {{"--hypothesis", "@good", "--html", "@"}, 1, file("")},
      {{"--hypothesis", "@good", "--html", "-"}, 2, "--html is a page in a file"},
      {{"--hypothesis", "@good", "--metrics", "meteor"},
       2,
       "unknown metric 'meteor'; there are bleu, chrf, ter, rouge1"},
      {{"--hypothesis", "@good", "--smooth-value", "-1"}, 2, "--smooth-value"}};
  for (const auto& [command, exit_code, message] : refused) {
    const Ended ended = evaluate(command);
    EXPECT_EQ(ended.exit_code, exit_code) << message;
    EXPECT_THAT(ended.err, HasSubstr(message));
    EXPECT_EQ(std::count(ended.err.begin(), ended.err.end(), '\n'), 1) << ended.err;
    EXPECT_EQ(ended.out, "");
  }
}

}  // namespace
}  // namespace heed

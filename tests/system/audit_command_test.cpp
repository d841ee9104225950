// `heed audit` as a process.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <nlohmann/json.hpp>

#include "support/toy_run.h"

namespace heed {
namespace {

namespace fs = std::filesystem;
using ::testing::AllOf;
using testing::Ended;
using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::StartsWith;
using testing::ToyRun;

constexpr int kOk = 0, kRuntimeError = 1, kUsageError = 2;

class AuditCommand : public ::testing::Test {
 protected:
  Ended audit(const std::vector<std::string>& options = {}) const {
    std::vector<std::string> words = {"audit", toy_.config(), "--quiet"};
    words.insert(words.end(), options.begin(), options.end());
    return toy_.heed(words);
  }
  nlohmann::json audit_json(std::vector<std::string> options = {}) const {
    options.emplace_back("--json");
    const Ended ended = audit(options);
    EXPECT_EQ(ended.exit_code, kOk) << ended.err;
    return nlohmann::json::parse(ended.out);
  }
  fs::path data(const std::string& name) const { return toy_.scratch() / ("data/" + name); }
  std::string line(const std::string& file, size_t number) const {  // from 1
    std::string text = contents(data(file));
    for (; number > 1; --number) text.erase(0, text.find('\n') + 1);
    return text.substr(0, text.find('\n') + 1);
  }
  void append(const std::string& file, const std::string& lines) const {
    put(data(file), contents(data(file)) + lines);
  }

  ToyRun toy_;
};

TEST_F(AuditCommand, ReportsACleanCorpusAndWritesNothingOfARun) {
  const Ended ended = audit({"--no-timing"});
  EXPECT_EQ(ended.exit_code, kOk) << ended.err;
  EXPECT_EQ(ended.err, "");
  EXPECT_THAT(ended.out, AllOf(StartsWith("audit of "), HasSubstr("\ntrain: 300 pairs, all kept whole\n"),
                               HasSubstr("\nvalidation: "), HasSubstr("\ntest: "), Not(HasSubstr("shifted"))));
  EXPECT_FALSE(fs::exists(toy_.directory()));
}

TEST_F(AuditCommand, TimesThreeUpdatesOfTheTrainingItself) {
  const Ended ended = audit();
  EXPECT_EQ(ended.exit_code, kOk) << ended.err;
  EXPECT_THAT(ended.out, AllOf(HasSubstr("an epoch on cpu, 1 thread, fp32\n"), HasSubstr("  train.max_steps ")));
  const auto timing = audit_json()["timing"];
  EXPECT_EQ(timing["threads"], 1);
  EXPECT_GT(timing["minutes_per_epoch"], 0);
  EXPECT_GT(timing["seconds_per_update"], 0);
  EXPECT_GT(timing["peak_memory_bytes"], 1000000);
  EXPECT_GT(timing["updates_per_epoch"], 3);
  const auto grouped = audit_json({"--train.accumulation_steps=4"})["timing"];
  EXPECT_EQ(grouped["batches_per_epoch"], timing["batches_per_epoch"]);
  const int64_t batches = timing["batches_per_epoch"];
  EXPECT_EQ(grouped["updates_per_epoch"], (batches + 3) / 4);
  EXPECT_TRUE(audit_json({"--no-timing"})["timing"].is_null());
  EXPECT_FALSE(fs::exists(toy_.directory()));
}

TEST_F(AuditCommand, MakesTheCachesThatTrainingUsesAndNoOther) {
  ASSERT_EQ(audit().exit_code, kOk);
  const auto after_audit = names_in(toy_.scratch() / "cache");
  EXPECT_EQ(after_audit.size(), 2u);  // training and validation
  ASSERT_EQ(toy_.train({"--train.max_steps=1"}).exit_code, kOk);
  EXPECT_EQ(names_in(toy_.scratch() / "cache"), after_audit);
}

TEST_F(AuditCommand, NamesTheLinesOfEveryFinding) {
  const std::string before = data("train.source");
  append("train.source", line("train.source", 7) + "\n" + "1 2 3\n" + line("test.source", 2));
  append("train.target", line("train.target", 7) + "1\n" + "1 2 3\n" + line("test.target", 2));
  const Ended ended = audit({"--no-timing", "--data.max_target_length=30"});
  EXPECT_EQ(ended.exit_code, kOk);
  EXPECT_THAT(ended.out, HasSubstr("\n! test: 1 pair ("));
  EXPECT_THAT(ended.out, HasSubstr(data("test.source").string() + ":2 is " + before + ":304\n"));
  EXPECT_THAT(ended.out, HasSubstr(before + ":301 is line 7\n"));
  EXPECT_THAT(ended.out, HasSubstr("with an empty side, dropped\n    " + before + ": line 302\n"));
  EXPECT_THAT(ended.out, HasSubstr("whose source and target are equal\n    " + before + ": line"));

  const auto json = audit_json({"--no-timing"});
  const auto& train = json["splits"]["train"];
  EXPECT_EQ(train["pairs"], 304);
  EXPECT_EQ(train["training"]["kept"], 303);
  EXPECT_EQ(train["training"]["dropped_empty"], 1);
  EXPECT_EQ(train["empty"]["first"][0]["line"], 302);
  EXPECT_EQ(train["duplicates"]["same_pair"]["first"][0]["other"]["line"], 7);
  EXPECT_EQ(json["splits"]["test"]["training"], nullptr);
  for (const auto& overlap : json["overlaps"])
    EXPECT_EQ(overlap["same_pair"]["count"], overlap["of"] == "test" && overlap["in"] == "train" ? 1 : 0) << overlap;
}

TEST_F(AuditCommand, SaysWhatIsDroppedByTheLimitsOfTheCommandLine) {
  const auto json = audit_json({"--no-timing", "--data.max_source_length=5", "--data.too_long=drop"});
  const auto& train = json["splits"]["train"];
  EXPECT_GT(train["training"]["dropped_too_long"], 0);
  EXPECT_EQ(train["too_long"]["count"], train["training"]["dropped_too_long"]);
  EXPECT_GT(train["source"]["length"]["longest"], 5);
}

TEST_F(AuditCommand, FindsALostLine) {
  const ToyRun toy("copy", "1500");
  const fs::path target = toy.scratch() / "data/train.target";
  std::string text = contents(target);
  size_t at = 0;
  for (int i = 0; i < 700; ++i) at = text.find('\n', at) + 1;
  text.erase(at, text.find('\n', at) + 1 - at);
  put(target, text + "the end\n");
  const Ended ended = toy.heed({"audit", toy.config(), "--no-timing", "--quiet"});
  EXPECT_EQ(ended.exit_code, kOk);
  EXPECT_THAT(ended.out, HasSubstr("! train: a block seems to be shifted: its sources belong to the targets 1 line "
                                   "earlier\n"));
}

TEST_F(AuditCommand, WritesAPageThatNeedsNothingElse) {
  const std::string page = toy_.scratch() / "audit.html";
  const Ended ended = audit({"--no-timing", "--html", page});
  EXPECT_EQ(ended.exit_code, kOk) << ended.err;
  EXPECT_THAT(ended.out, StartsWith("audit of "));
  std::string html = contents(page);
  EXPECT_THAT(html, AllOf(StartsWith("<!DOCTYPE html>"), HasSubstr("train: source lengths"),
                          HasSubstr("train: target lengths"), HasSubstr("target / source in characters")));
  const std::string name_space = "http://www.w3.org/2000/svg";
  for (size_t at; (at = html.find(name_space)) != std::string::npos;) html.erase(at, name_space.size());
  EXPECT_THAT(html, AllOf(Not(HasSubstr("http")), Not(HasSubstr("<script")), Not(HasSubstr("url("))));
}

TEST_F(AuditCommand, RefusesAPageInThePlaceOfACorpus) {
  const std::string before = contents(data("train.source"));
  const Ended ended = audit({"--html", data("train.source")});
  EXPECT_EQ(ended.exit_code, kUsageError);
  EXPECT_EQ(std::count(ended.err.begin(), ended.err.end(), '\n'), 1) << ended.err;
  EXPECT_EQ(contents(data("train.source")), before);
  EXPECT_EQ(audit({"--html", "-"}).exit_code, kUsageError);
}

TEST_F(AuditCommand, TakesARunWithItsWords) {
  ASSERT_EQ(toy_.train({"--train.max_steps=2"}).exit_code, kOk);
  const auto before = names_in(toy_.directory());
  const Ended ended = toy_.heed({"audit", toy_.directory(), "--quiet", "--json"});
  EXPECT_EQ(ended.exit_code, kOk) << ended.err;
  const auto json = nlohmann::json::parse(ended.out), of_config = audit_json();
  EXPECT_EQ(json["tokenizer"], of_config["tokenizer"]);
  EXPECT_EQ(json["splits"], of_config["splits"]);
  EXPECT_EQ(names_in(toy_.directory()), before);
}

TEST_F(AuditCommand, BadInputIsOneLine) {
  const auto refused = [&](const std::vector<std::string>& words, int exit_code, const std::string& expected) {
    const Ended ended = toy_.heed(words);
    EXPECT_EQ(ended.exit_code, exit_code) << expected;
    EXPECT_THAT(ended.err, AllOf(StartsWith("heed: error: "), HasSubstr(expected)));
    EXPECT_EQ(std::count(ended.err.begin(), ended.err.end(), '\n'), 1) << ended.err;
    EXPECT_EQ(ended.out, "");
  };
  const std::string config = toy_.config();
  refused({"audit"}, kUsageError, "config is required");
  refused({"audit", "no.yaml"}, kUsageError, "no.yaml");
  refused({"audit", toy_.scratch() / "data"}, kUsageError, "no config.yaml there");
  refused({"audit", config, "--data.max_lengt=3"}, kUsageError, "max_");
  refused({"audit", config, "--data.train.source=no.en"}, kRuntimeError, "no.en");
  refused({"audit", config, "--data.test.source=no.en"}, kRuntimeError, "no.en");
  put(toy_.scratch() / "empty.yaml", "run: {directory: x}\n");
  refused({"audit", toy_.scratch() / "empty.yaml"}, kUsageError, "data.train is not set");
  append("train.source", "one more\n");
  refused({"audit", config}, kRuntimeError, "not parallel");
}

}  // namespace
}  // namespace heed

// The shipped toy configs learn their tasks: the whole way from text to scored translations.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "support/toy_run.h"

namespace heed {
namespace {

using testing::Ended;
using testing::ToyRun;

class EveryEasyTask : public ::testing::TestWithParam<const char*> {};

TEST_P(EveryEasyTask, IsLearntAlmostWithoutAMistake) {
  const std::string task = GetParam();
  const ToyRun toy(task, "30000");
  const auto in = [&](const std::string& part) { return "--data." + part + "=" + (toy.scratch() / "data").string(); };
  std::vector<std::string> options;
  for (const std::string part : {"train", "validation", "test"}) {
    options.push_back(in(part + ".source") + "/" + part + ".source");
    options.push_back(in(part + ".target") + "/" + part + ".target");
  }
  std::vector<std::string> train = {"train", "configs/toy_" + task + ".yaml", "--run.directory=" + toy.directory(),
                                    "--data.cache_directory=" + (toy.scratch() / "cache").string()};
  train.insert(train.end(), options.begin(), options.end());
  const Ended trained = toy.heed(train);
  ASSERT_EQ(trained.exit_code, 0) << trained.err;
  const Ended evaluated = toy.heed({"evaluate", toy.directory(), "--json", "--quiet"});
  ASSERT_EQ(evaluated.exit_code, 0) << evaluated.err;
  const auto score = nlohmann::json::parse(evaluated.out)["scores"][0]["score"].get<double>();
  EXPECT_GE(score, 98) << evaluated.out;  // Sockeye's threshold for its copy task
}

INSTANTIATE_TEST_SUITE_P(Toy, EveryEasyTask, ::testing::Values("copy", "reverse"),
                         [](const auto& task) { return std::string(task.param); });

}  // namespace
}  // namespace heed

// What a killed command left half made is removed by the next run of the same command.
#include <gtest/gtest.h>

#include "support/toy_run.h"

namespace heed {
namespace {

namespace fs = std::filesystem;
using testing::ToyRun;

std::vector<std::string> temporaries_in(const fs::path& directory) {
  std::vector<std::string> found;
  for (const auto& entry : fs::recursive_directory_iterator(directory))
    if (entry.path().filename().string().find(".tmp-") != std::string::npos) found.push_back(entry.path());
  return found;
}

TEST(Leftovers, GoWithTheNextRunOfTheCommand) {
  const ToyRun toy;
  const fs::path work = toy.scratch().path(), run = toy.directory();
  ASSERT_EQ(toy.train().exit_code, 0);
  struct Command {
    std::vector<std::string> words;
    std::vector<fs::path> targets;
  };
  const std::string cache = fs::directory_iterator(work / "cache")->path();
  for (const Command& command : std::vector<Command>{
           {{"vocab", toy.config()}, {run / "tokenizer"}},
           {{"export", run, "--format", "ctranslate2", "-o", work / "export", "--force"}, {work / "export"}},
           {{"average", run, "--last", "1", "-o", work / "average", "--force"}, {work / "average"}},
           {{"attention", run, "--source", "a b", "-o", work / "a.svg"}, {work / "a.svg"}},
           {{"train", toy.config(), "--resume", "--train.max_steps=50"},
            {run / "config.yaml", run / "latest", run / "validations.tsv", run / "checkpoints/step-00000030",
             run / "attention/step-00000030.svg", cache}},
           {{"train", toy.config(), "--overwrite"}, {run / "checkpoints/step-00000050", run / "best"}}}) {
    for (const fs::path& target : command.targets) {
      put(target.string() + ".tmp-a1B2c3/content/part", "half");
      put(target.string() + ".tmp-a1B2c3/lock", "");
    }
    const testing::Ended ended = toy.heed(command.words);
    EXPECT_EQ(ended.exit_code, 0) << ended.err;
    EXPECT_EQ(temporaries_in(work), std::vector<std::string>()) << command.words[0];
  }
}

}  // namespace
}  // namespace heed

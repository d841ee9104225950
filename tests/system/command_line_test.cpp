#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>

#include "support/toy_run.h"

namespace heed {
namespace {

using testing::Ended;
using ::testing::HasSubstr;
using testing::ToyRun;

// design: every command takes, after its name, --help, --quiet, --threads, --device.
TEST(CommandLine, EveryCommandTakesTheCommonOptions) {
  const ToyRun toy;
  for (const std::string command : {"train", "translate", "evaluate", "score", "vocab", "inspect", "attention", "toy",
                                    "average", "audit", "export", "import", "config", "help", "completion"}) {
    const Ended help = toy.heed({command, "--help"});
    EXPECT_EQ(help.exit_code, 0) << command;
    for (const char* option : {"--help", "--quiet", "--threads", "--device"})
      EXPECT_THAT(help.out, HasSubstr(option)) << command;
  }
}

TEST(CommandLine, VersionNamesWhatResultsDependOn) {
  const ToyRun toy;
  const Ended version = toy.heed({"--version"});
  EXPECT_EQ(version.exit_code, 0);
  EXPECT_THAT(version.out,
              ::testing::MatchesRegex("heed [0-9.]+\nLibTorch 2[0-9.a-z+]+\nCUDA [^\n]+\nsentencepiece [0-9.]+\n"));
}

TEST(CommandLine, WithoutACommandTheHelpIsPrinted) {
  const ToyRun toy;
  const Ended bare = toy.heed({});
  EXPECT_EQ(bare.exit_code, 0);
  EXPECT_EQ(bare.err, "");
  EXPECT_THAT(bare.out, HasSubstr("Usage: heed [OPTIONS] [SUBCOMMAND]"));
  EXPECT_THAT(bare.out, HasSubstr("\n  train "));
  EXPECT_EQ(toy.heed({"help"}).out, bare.out);
  EXPECT_EQ(toy.heed({"--help"}).out, bare.out);
}

TEST(CommandLine, HelpOfACommandIsItsOwn) {
  const ToyRun toy;
  const Ended help = toy.heed({"help", "train"});
  EXPECT_EQ(help.exit_code, 0);
  EXPECT_EQ(help.err, "");
  EXPECT_THAT(help.out, HasSubstr("Usage: heed train "));
  EXPECT_EQ(toy.heed({"train", "--help"}).out, help.out);
}

TEST(CommandLine, EveryHelpOfACommandThatTakesKeysEndsByNamingTheirReference) {
  const ToyRun toy;
  for (const std::string command :
       {"train", "vocab", "audit", "translate", "evaluate", "score", "attention", "export", "inspect"}) {
    EXPECT_THAT(toy.heed({command, "--help"}).out,
                ::testing::EndsWith("\nheed config [SECTION | SECTION.KEY] explains the keys that --section.key=value "
                                    "sets.\n"))
        << command;
  }
  EXPECT_THAT(toy.heed({"--help"}).out, HasSubstr("heed config"));
}

TEST(CommandLine, ConfigPrintsTheReferenceOrAPartOfIt) {
  const ToyRun toy;
  const Ended whole = toy.heed({"config"}), section = toy.heed({"config", "model"}),
              key = toy.heed({"config", "train.ema"});
  for (const Ended* one : {&whole, &section, &key}) {
    EXPECT_EQ(one->exit_code, 0);
    EXPECT_EQ(one->err, "");
  }
  EXPECT_THAT(whole.out, HasSubstr("\n  train.ema = 0\n"));
  EXPECT_THAT(section.out, ::testing::StartsWith("model: the network\n  model.encoder = transformer\n"));
  EXPECT_THAT(whole.out, HasSubstr(section.out));
  EXPECT_THAT(key.out, HasSubstr("values: a number from 0 to below 1"));
  EXPECT_THAT(key.out, HasSubstr("default: 0\n"));
}

TEST(CommandLine, CudaOnABuildForTheCpuNamesWhatInstallsIt) {
  const ToyRun toy;
  if (toy.heed({"--version"}).out.find("built for the CPU") == std::string::npos) GTEST_SKIP() << "built with CUDA";
  for (const std::string option : {"--run.device=cuda", "--device=cuda:0"}) {
    const Ended ended = toy.heed({"train", toy.config(), option});
    EXPECT_EQ(ended.exit_code, 2);
    EXPECT_THAT(ended.err, HasSubstr("scripts/setup.sh --cuda"));
    EXPECT_EQ(std::count(ended.err.begin(), ended.err.end(), '\n'), 1) << ended.err;
  }
}

}  // namespace
}  // namespace heed

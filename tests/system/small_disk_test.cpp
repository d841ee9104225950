// What does not fit on a disk is said when training begins, on a real small file system.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "support/toy_run.h"

namespace heed {
namespace {

using testing::Ended;
using ::testing::HasSubstr;
using ::testing::Not;
using testing::run;
using testing::ToyRun;

constexpr int kNoMount = 77;

// Trains in a tmpfs of so many KiB that this process alone sees.
Ended train_on_disk(const ToyRun& toy, const std::string& kibibytes, int64_t keep) {
  const std::string disk = toy.scratch() / "disk";
  std::filesystem::create_directories(disk);
  std::vector<std::string> command = {
      "/usr/bin/unshare",
      "-m",
      "/bin/sh",
      "-c",
      "mount -t tmpfs -o size=" + kibibytes + "k tmpfs \"$0\" || exit " + std::to_string(kNoMount) + "; exec \"$@\"",
      disk};
  for (const std::string& word : toy.command({"train", toy.config(), "--run.directory=" + disk + "/run",
                                              "--train.save_every=10", "--train.keep=" + std::to_string(keep)}))
    command.push_back(word);
  return run(command, toy.scratch());
}

TEST(SmallDisk, IsWarnedOfWhenTrainingBeginsAndOnlyThen) {
  const ToyRun toy;
  const Ended small = train_on_disk(toy, "6000", 100);
  if (small.exit_code == kNoMount || small.err.starts_with("unshare: ")) GTEST_SKIP() << small.err;
  EXPECT_EQ(small.exit_code, 0) << small.err;
  const size_t warning = small.err.find("warning: " + (toy.scratch() / "disk").string() +
                                        "/run: not enough space for 101 checkpoints of ");
  ASSERT_NE(warning, std::string::npos) << small.err;
  const std::string line = small.err.substr(warning, small.err.find('\n', warning) - warning);
  EXPECT_THAT(line, HasSubstr("bytes: needed "));
  EXPECT_THAT(line, HasSubstr("bytes are free"));
  EXPECT_LT(warning, small.err.find("step 10/")) << small.err;
  const Ended large = train_on_disk(toy, "600000", 100);
  EXPECT_EQ(large.exit_code, 0) << large.err;
  EXPECT_THAT(large.err, Not(HasSubstr("not enough space")));
}

}  // namespace
}  // namespace heed

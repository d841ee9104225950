#include "checkpoint/checkpoint_space.h"

#include <gmock/gmock.h>

#include "checkpoint/tiny_checkpoint.h"
#include "support/scratch_directory.h"

namespace heed {
namespace {

namespace fs = std::filesystem;
using testing::AllOf;
using testing::HasSubstr;

std::string warning(const SpaceNeeded& needed, std::optional<uint64_t> free) {
  return space_warning("runs/x", needed,
                       [&](const fs::path& directory) {
                         EXPECT_EQ(directory, "runs/x");
                         return free;
                       })
      .value_or("");
}

TEST(CheckpointSpace, WhatDoesNotFitIsOneLineWithNeededAndFreeBytes) {
  const SpaceNeeded needed{1'000'000, 5, 0};
  EXPECT_EQ(warning(needed, 5'000'000), "");
  EXPECT_THAT(warning(needed, 4'999'999),
              AllOf(HasSubstr("runs/x: not enough space for 5 checkpoints of 1,000,000 bytes"),
                    HasSubstr("needed 5,000,000 bytes, 4,999,999 bytes are free")));
}

TEST(CheckpointSpace, CheckpointsThatAreThereAreCountedAndTheNextOneMustFit) {
  EXPECT_EQ(warning({1000, 5, 3}, 2000), "");
  EXPECT_THAT(warning({1000, 5, 3}, 1999), HasSubstr("needed 2,000 bytes"));
  EXPECT_THAT(warning({1000, 5, 9}, 999), HasSubstr("needed 1,000 bytes"));
}

TEST(CheckpointSpace, AFileSystemThatDoesNotTellIsBelieved) { EXPECT_EQ(warning({1000, 5, 0}, std::nullopt), ""); }

TEST(CheckpointSpace, OfACheckpointIsWhatItsFilesTakeOrLittleMore) {
  ScratchDirectory directory;
  write_checkpoint(directory / "step", tiny_checkpoint());
  uint64_t bytes = 0;
  for (const auto& entry : fs::directory_iterator(directory / "step")) bytes += entry.file_size();
  EXPECT_GE(checkpoint_bytes(tiny_checkpoint()), bytes);
  EXPECT_LE(checkpoint_bytes(tiny_checkpoint()), bytes + (1 << 16));
}

}  // namespace
}  // namespace heed

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <set>
#include <string>

#include "support/scratch_directory.h"
#include "watch/reports.h"
#include "watch/tensorboard_file.h"
#include "watch/tensorboard_record.h"

namespace heed {
namespace {

std::string hex(std::string_view bytes) {
  std::string text;
  for (const char byte : bytes) text += fmt::format("{:02x}", static_cast<unsigned char>(byte));
  return text;
}

// Vectors of RFC 3720, appendix B.4, and the check value of the algorithm.
TEST(TensorBoardRecord, ChecksumIsCrc32c) {
  EXPECT_EQ(crc32c("123456789"), 0xe3069283u);
  EXPECT_EQ(crc32c(std::string(32, '\0')), 0x8a9136aau);
  EXPECT_EQ(crc32c(std::string(32, '\xff')), 0x62a8ab43u);
  EXPECT_EQ(crc32c(""), 0u);
}

// Golden bytes of the tensorboard package: EventFileWriter's records of
// Event(wall_time=1, file_version="brain.Event:2") and
// Event(wall_time=2, step=3, summary=Summary(value=[Summary.Value(tag="loss", simple_value=0.5)])).
TEST(TensorBoardRecord, HasTheBytesOfTheReference) {
  EXPECT_EQ(hex(tensorboard_record(version_event(1))),
            "1800000000000000a37f4b2209000000000000f03f1a0d627261696e2e4576656e743a3286bf577a");
  EXPECT_EQ(hex(tensorboard_record(scalars_event(2, 3, {{"loss", 0.5}}))),
            "1a00000000000000129bd82d09000000000000004010032a0d0a0b0a046c6f7373150000003fbac36b94");
}

// SerializeToString() of Event(wall_time=2, step=300, session_log=SessionLog(status=SessionLog.START)).
TEST(TensorBoardRecord, ASessionStartHasTheBytesOfTheReference) {
  EXPECT_EQ(hex(session_start_event(2, 300)), "09000000000000004010ac023a020801");
}

TEST(TensorBoardFile, EveryStartOpensANewFileThatSortsAfterTheOthers) {
  const ScratchDirectory scratch;
  const auto directory = scratch / "tensorboard";
  std::string last;
  for (int start = 0; start < 3; ++start) {
    const std::set<std::string> before = start == 0 ? std::set<std::string>{} : names_in(directory);
    TensorBoardFile file(directory);
    file.on_start(start, start > 0);
    const std::set<std::string> after = names_in(directory);
    ASSERT_EQ(after.size(), before.size() + 1);
    EXPECT_GT(*after.rbegin(), last);
    last = *after.rbegin();
    EXPECT_TRUE(last.starts_with("events.out.tfevents."));
  }
}

TEST(TensorBoardFile, IsOnDiskAfterEveryReport) {
  const ScratchDirectory scratch;
  TensorBoardFile file(scratch.path());
  file.on_start(0, false);
  const auto path = scratch / *names_in(scratch.path()).begin();
  const auto before = std::filesystem::file_size(path);
  file.on_update(update_at(1));
  EXPECT_NE(contents(path).substr(before).find("train/tokens_per_second"), std::string::npos);
}

}  // namespace
}  // namespace heed

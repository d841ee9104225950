#include "core/file_bytes.h"

#include <gmock/gmock.h>
#include <sys/stat.h>

#include "core/error.h"
#include "support/scratch_directory.h"

namespace heed {
namespace {

namespace fs = std::filesystem;

std::string message_of(const fs::path& path, Symlinks symlinks) {
  try {
    read_file_bytes(path, symlinks);
  } catch (const Error& error) {
    return error.what();
  }
  return "no error";
}

TEST(FileBytes, AreReadWholeOrInPieces) {
  ScratchDirectory directory;
  for (const size_t size : {size_t{0}, size_t{1}, size_t{1} << 20, (size_t{5} << 19) + 3}) {
    std::string bytes(size, '\0');
    for (size_t i = 0; i < size; ++i) bytes[i] = static_cast<char>(i * 31 >> 3);
    put(directory / "file", bytes);
    EXPECT_EQ(read_file_bytes(directory / "file"), bytes);
    std::string joined;
    EXPECT_EQ(read_file_pieces(directory / "file", Symlinks::kRefuse, [&](auto piece) { joined += piece; }), size);
    EXPECT_EQ(joined, bytes);
  }
}

TEST(FileBytes, OnlyRegularFilesAreRead) {
  ScratchDirectory directory;
  put(directory / "file", "x");
  fs::create_symlink("file", directory / "link");
  fs::create_symlink("nowhere", directory / "dangling");
  ASSERT_EQ(mkfifo((directory / "fifo").c_str(), 0600), 0);
  EXPECT_EQ(message_of(directory / "link", Symlinks::kFollow), "no error");
  EXPECT_THAT(message_of(directory / "link", Symlinks::kRefuse), testing::HasSubstr("it is a symbolic link"));
  EXPECT_THAT(message_of(directory / "dangling", Symlinks::kFollow), testing::HasSubstr("No such file"));
  EXPECT_THAT(message_of(directory / "fifo", Symlinks::kFollow), testing::HasSubstr("it is not a regular file"));
  EXPECT_THAT(message_of(directory.path(), Symlinks::kFollow), testing::HasSubstr("it is not a regular file"));
}

}  // namespace
}  // namespace heed

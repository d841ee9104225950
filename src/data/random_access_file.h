#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <optional>
#include <span>
#include <utility>

namespace heed {

// A file that is read anywhere, with pread(2). A memory map would be as fast, but raises SIGBUS where another process
// has truncated the file or the disk fails; here both are answers. Keeps the file it opened, whatever becomes of its
// name. Safe to read from several threads.
class RandomAccessFile {
 public:
  // Nothing where there is no such regular file; Error where it cannot be opened.
  static std::optional<RandomAccessFile> open(const std::filesystem::path& path);
  ~RandomAccessFile();
  RandomAccessFile(RandomAccessFile&&) noexcept;
  RandomAccessFile& operator=(RandomAccessFile&&) noexcept;

  uint64_t size() const { return size_; }  // bytes, when it was opened

  // Reads what stands at `offset`. Returns the number of bytes: fewer than asked for where the file ends before. Error
  // where the system cannot read.
  size_t read(uint64_t offset, std::span<char> bytes) const;

 private:
  RandomAccessFile(std::filesystem::path path, int descriptor) : path_(std::move(path)), descriptor_(descriptor) {}

  std::filesystem::path path_;  // for messages
  int descriptor_ = -1;
  uint64_t size_ = 0;
};

}  // namespace heed

#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <span>
#include <string>
#include <string_view>

namespace heed {

// Reading binary files whole. Only regular files are read (a directory, FIFO or device is an Error, never a hang), a
// read that fails is an Error, and so is a file whose length changes while it is read.

enum class Symlinks { kFollow, kRefuse };

// A file held open: it can be read to its end even when its name has been given to another or removed.
class RegularFile {
 public:
  explicit RegularFile(std::filesystem::path path, Symlinks symlinks = Symlinks::kFollow);
  ~RegularFile();
  RegularFile(RegularFile&& other) noexcept;
  RegularFile& operator=(RegularFile&&) noexcept;

  uint64_t size() const { return size_; }  // when it was opened

  // Reads what stands at `offset`. Returns the number of bytes: fewer than asked for where the file ends before. Safe
  // from several threads. A memory map would be as fast, but raises SIGBUS where the file was truncated or the disk
  // fails.
  size_t read(uint64_t offset, std::span<char> bytes) const;
  std::string read_bytes() const;
  uint64_t read_pieces(const std::function<void(std::string_view)>& consume) const;  // as read_file_pieces

 private:
  std::filesystem::path path_;
  int descriptor_ = -1;
  uint64_t size_ = 0;
};

std::string read_file_bytes(const std::filesystem::path& path, Symlinks symlinks = Symlinks::kFollow);

// The same in pieces of at most 1 MiB, for files that need not lie in memory. Returns the number of bytes.
uint64_t read_file_pieces(const std::filesystem::path& path, Symlinks symlinks,
                          const std::function<void(std::string_view)>& consume);

}  // namespace heed

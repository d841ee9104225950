#include "core/file_bytes.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>

#include "core/error.h"
#include "core/failure_text.h"
#include "core/uninterrupted.h"

namespace heed {

namespace {

namespace fs = std::filesystem;

constexpr size_t kPieceBytes = 1 << 20;

[[noreturn]] void fail(const fs::path& path, const std::string& what) {
  throw Error(fmt::format("{}: cannot read: {}", path.string(), what));
}

class RegularFile {
 public:
  RegularFile(const fs::path& path, Symlinks symlinks) : path_(path) {
    // Non-blocking, so that opening a FIFO returns at once; regular files do not care.
    const int flags = O_RDONLY | O_CLOEXEC | O_NONBLOCK | (symlinks == Symlinks::kRefuse ? O_NOFOLLOW : 0);
    descriptor_ = uninterrupted([&] { return open(path.c_str(), flags); });
    if (descriptor_ < 0 && errno == ELOOP && symlinks == Symlinks::kRefuse) fail(path, "it is a symbolic link");
    if (descriptor_ < 0) fail(path, failure_text(path, errno));
    struct stat status;
    const bool known = fstat(descriptor_, &status) == 0;
    if (!known || !S_ISREG(status.st_mode)) {
      close(descriptor_);
      fail(path, "it is not a regular file");
    }
    size_ = static_cast<uint64_t>(status.st_size);
  }
  ~RegularFile() { close(descriptor_); }
  RegularFile(const RegularFile&) = delete;
  RegularFile& operator=(const RegularFile&) = delete;

  uint64_t size() const { return size_; }

  // Bytes read into buffer, 0 at the end of the file.
  size_t read(char* buffer, size_t bytes) {
    const ssize_t count = uninterrupted([&] { return ::read(descriptor_, buffer, bytes); });
    if (count < 0) fail(path_, failure_text(path_, errno));
    return static_cast<size_t>(count);
  }

 private:
  const fs::path& path_;
  int descriptor_ = -1;
  uint64_t size_ = 0;
};

void require_unchanged(const fs::path& path, uint64_t expected, uint64_t found) {
  if (expected != found) fail(path, fmt::format("its length changed meanwhile ({} bytes, then {})", expected, found));
}

}  // namespace

uint64_t read_file_pieces(const fs::path& path, Symlinks symlinks,
                          const std::function<void(std::string_view)>& consume) {
  RegularFile file(path, symlinks);
  std::string piece(std::clamp<uint64_t>(file.size(), 1, kPieceBytes), '\0');
  uint64_t total = 0;
  while (const size_t count = file.read(piece.data(), piece.size())) {
    consume(std::string_view(piece).substr(0, count));
    total += count;
  }
  require_unchanged(path, file.size(), total);
  return total;
}

std::string read_file_bytes(const fs::path& path, Symlinks symlinks) {
  RegularFile file(path, symlinks);
  std::string bytes(file.size(), '\0');
  size_t total = 0;
  while (total < bytes.size()) {
    const size_t count = file.read(bytes.data() + total, bytes.size() - total);
    if (count == 0) break;
    total += count;
  }
  char more = 0;
  require_unchanged(path, bytes.size(), total + file.read(&more, 1));
  return bytes;
}

}  // namespace heed

#include "core/file_bytes.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <utility>

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

// What is missing is no whole file; anything else the system says does not speak against the file.
[[noreturn]] void fail(const fs::path& path, int error) {
  const std::string message = fmt::format("{}: cannot read: {}", path.string(), failure_text(path, error));
  if (error == ENOENT || error == ENOTDIR || error == EISDIR) throw Error(message);
  throw UnreadableError(message);
}

void require_unchanged(const fs::path& path, uint64_t expected, uint64_t found) {
  if (expected != found) fail(path, fmt::format("its length changed meanwhile ({} bytes, then {})", expected, found));
}

}  // namespace

RegularFile::RegularFile(fs::path path, Symlinks symlinks) : path_(std::move(path)) {
  // Non-blocking, so that opening a FIFO returns at once; regular files do not care.
  const int flags = O_RDONLY | O_CLOEXEC | O_NONBLOCK | (symlinks == Symlinks::kRefuse ? O_NOFOLLOW : 0);
  descriptor_ = uninterrupted([&] { return open(path_.c_str(), flags); });
  if (descriptor_ < 0 && errno == ELOOP && symlinks == Symlinks::kRefuse) fail(path_, "it is a symbolic link");
  if (descriptor_ < 0) fail(path_, errno);
  struct stat status {};
  const bool known = fstat(descriptor_, &status) == 0;
  if (!known || !S_ISREG(status.st_mode)) {
    close(descriptor_);
    fail(path_, "it is not a regular file");
  }
  size_ = static_cast<uint64_t>(status.st_size);
}

RegularFile::~RegularFile() {
  if (descriptor_ >= 0) close(descriptor_);
}

RegularFile::RegularFile(RegularFile&& other) noexcept
    : path_(std::move(other.path_)), descriptor_(std::exchange(other.descriptor_, -1)), size_(other.size_) {}

RegularFile& RegularFile::operator=(RegularFile&& other) noexcept {
  std::swap(path_, other.path_);
  std::swap(descriptor_, other.descriptor_);
  std::swap(size_, other.size_);
  return *this;
}

size_t RegularFile::read(uint64_t offset, std::span<char> bytes) const {
  size_t done = 0;
  while (done < bytes.size()) {
    const ssize_t count = uninterrupted([&] {
      return pread(descriptor_, bytes.data() + done, bytes.size() - done, static_cast<off_t>(offset + done));
    });
    if (count < 0) fail(path_, errno);
    if (count == 0) break;
    done += static_cast<size_t>(count);
  }
  return done;
}

uint64_t RegularFile::read_pieces(const std::function<void(std::string_view)>& consume) const {
  std::string piece(std::clamp<uint64_t>(size_, 1, kPieceBytes), '\0');
  uint64_t total = 0;
  while (const size_t count = read(total, piece)) {
    consume(std::string_view(piece).substr(0, count));
    total += count;
  }
  require_unchanged(path_, size_, total);
  return total;
}

std::string RegularFile::read_bytes() const {
  std::string bytes(size_ + 1, '\0');  // one more than there is, unless it has grown
  require_unchanged(path_, size_, read(0, bytes));
  bytes.pop_back();
  return bytes;
}

uint64_t read_file_pieces(const fs::path& path, Symlinks symlinks,
                          const std::function<void(std::string_view)>& consume) {
  return RegularFile(path, symlinks).read_pieces(consume);
}

std::string read_file_bytes(const fs::path& path, Symlinks symlinks) {
  return RegularFile(path, symlinks).read_bytes();
}

}  // namespace heed

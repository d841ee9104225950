#include "data/random_access_file.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>

#include "core/error.h"
#include "core/failure_text.h"

namespace heed {

std::optional<RandomAccessFile> RandomAccessFile::open(const std::filesystem::path& path) {
  // Non-blocking, so that opening a FIFO returns at once; regular files do not care.
  RandomAccessFile file(path, ::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK));
  if (file.descriptor_ < 0 && errno == ENOENT) return std::nullopt;
  struct stat status {};
  if (file.descriptor_ < 0 || fstat(file.descriptor_, &status) != 0)
    throw Error(path.string() + ": cannot be opened: " + failure_text(path, errno));
  if (!S_ISREG(status.st_mode)) return std::nullopt;
  file.size_ = static_cast<uint64_t>(status.st_size);
  return file;
}

RandomAccessFile::~RandomAccessFile() {
  if (descriptor_ >= 0) close(descriptor_);
}

RandomAccessFile::RandomAccessFile(RandomAccessFile&& other) noexcept
    : path_(std::move(other.path_)), descriptor_(std::exchange(other.descriptor_, -1)), size_(other.size_) {}

RandomAccessFile& RandomAccessFile::operator=(RandomAccessFile&& other) noexcept {
  std::swap(path_, other.path_);
  std::swap(descriptor_, other.descriptor_);
  std::swap(size_, other.size_);
  return *this;
}

size_t RandomAccessFile::read(uint64_t offset, std::span<char> bytes) const {
  size_t done = 0;
  while (done < bytes.size()) {
    const ssize_t count =
        pread(descriptor_, bytes.data() + done, bytes.size() - done, static_cast<off_t>(offset + done));
    if (count == 0) break;
    if (count > 0) done += static_cast<size_t>(count);
    if (count < 0 && errno != EINTR) throw Error(path_.string() + ": cannot be read: " + failure_text(path_, errno));
  }
  return done;
}

}  // namespace heed

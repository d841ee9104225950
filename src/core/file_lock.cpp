#include "core/file_lock.h"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <utility>

#include "core/file_operations.h"

namespace heed {

FileLock::FileLock(const std::filesystem::path& path)
    : descriptor_(open_file(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW)) {  // NFS locks what is open for writing
  if (flock(descriptor_, LOCK_EX | LOCK_NB) == 0)
    state_ = State::kHeld;
  else if (errno == EWOULDBLOCK)
    state_ = State::kAnothers;
}

FileLock::~FileLock() {
  if (descriptor_ >= 0) close(descriptor_);
}

FileLock::FileLock(FileLock&& other) noexcept
    : descriptor_(std::exchange(other.descriptor_, -1)), state_(other.state_) {}

bool FileLock::leads_to(const std::filesystem::path& path) const {
  struct stat ours {};
  struct stat there {};
  return fstat(descriptor_, &ours) == 0 && stat(path.c_str(), &there) == 0 && ours.st_dev == there.st_dev &&
         ours.st_ino == there.st_ino;
}

}  // namespace heed

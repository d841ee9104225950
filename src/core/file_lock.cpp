#include "core/file_lock.h"

#include <fcntl.h>
#include <sys/file.h>

#include <cerrno>

#include "core/uninterrupted.h"

namespace heed {

FileLock::FileLock(const std::filesystem::path& path)
    : file_(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW) {  // NFS locks what is open for writing
  if (uninterrupted([&] { return flock(file_.descriptor(), LOCK_EX | LOCK_NB); }) == 0)
    state_ = State::kHeld;
  else if (errno == EWOULDBLOCK)
    state_ = State::kAnothers;
}

}  // namespace heed

#pragma once

#include <filesystem>

#include "core/file_operations.h"

namespace heed {

// An exclusive lock (flock) on a file, which is made where it is not there. The system drops it when the process ends
// in whatever way, and whoever sees the file sees the lock: another container with process ids of its own, too, and
// another host over NFS. It is tried for, never waited for.
class FileLock {
 public:
  enum class State {
    kHeld,
    kAnothers,  // held by another FileLock, of this process or any
    kUnknown,   // the file system has no locks
  };

  // Error where the file cannot be opened; a link is not followed. The lock ends with this object, the file stays.
  explicit FileLock(const std::filesystem::path& path);

  State state() const { return state_; }
  const OpenFile& file() const { return file_; }  // for reading and writing

 private:
  OpenFile file_;
  State state_ = State::kUnknown;
};

}  // namespace heed

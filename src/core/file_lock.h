#pragma once

#include <filesystem>

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

  explicit FileLock(
      const std::filesystem::path& path);  // Error where the file cannot be opened; a link is not followed
  ~FileLock();                             // gives the lock up; the file stays
  FileLock(FileLock&& other) noexcept;
  FileLock& operator=(FileLock&&) = delete;

  State state() const { return state_; }
  bool leads_to(const std::filesystem::path& path) const;  // false: the file there is another, or gone
  int descriptor() const { return descriptor_; }           // read and write; the FileLock closes it

 private:
  int descriptor_ = -1;
  State state_ = State::kUnknown;
};

}  // namespace heed

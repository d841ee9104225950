#pragma once

#include <filesystem>

#include "checkpoint/run_directory.h"

namespace heed {

// A claim on a run directory while a run gets ready: it holds the RunLock, and if nothing comes of the run (an error,
// an interruption) it takes away again what it had to make: the lock's file, the directory and its parents.
class RunClaim {
 public:
  // Makes the directory where it is missing. Error as RunLock.
  explicit RunClaim(const std::filesystem::path& run_directory);
  ~RunClaim();
  RunClaim(const RunClaim&) = delete;
  RunClaim& operator=(const RunClaim&) = delete;

  void keep() { kept_ = true; }  // the run begins: what is there stays
  const RunLock& lock() const { return lock_; }

 private:
  std::filesystem::path directory_, outermost_new_;  // the latter empty: all was there
  bool had_lock_file_;
  RunLock lock_;
  bool kept_ = false;
};

}  // namespace heed

#pragma once

#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <functional>

#include "core/file_operations.h"

namespace heed {

// Runs `work` with every file operation observed, and takes the observer away again.
inline void observed(const FileOperationObserver& observer, const std::function<void()>& work) {
  struct Reset {
    ~Reset() { set_file_operation_observer(nullptr); }
  } reset;
  set_file_operation_observer(observer);
  work();
}

// The number of file operations `work` makes.
inline int count_operations(const std::function<void()>& work) {
  int count = 0;
  observed([&](const char*, const std::filesystem::path&) { return ++count, FileFault{}; }, work);
  return count;
}

// Runs `work` with its n-th file operation (1 is the first) failing with `error`.
inline void fail_operation(int n, int error, const std::function<void()>& work) {
  int count = 0;
  observed([&](const char*, const std::filesystem::path&) { return FileFault{++count == n ? error : 0}; }, work);
}

// Runs `work` in a forked process that is gone, without clean-up, just before its n-th file operation; writes take at
// most `write_limit` bytes, so that dying between two pieces of a file is among the moments. False: it ended before
// that.
inline bool kill_at_operation(int n, size_t write_limit, const std::function<void()>& work) {
  constexpr int kKilled = 9;
  const pid_t child = fork();
  if (child == 0) {
    int count = 0;
    set_file_operation_observer([&](const char*, const std::filesystem::path&) {
      if (++count == n) _exit(kKilled);
      return FileFault{0, write_limit};
    });
    work();
    _exit(0);
  }
  int status = 0;
  EXPECT_EQ(waitpid(child, &status, 0), child);
  EXPECT_TRUE(WIFEXITED(status));
  EXPECT_TRUE(WEXITSTATUS(status) == 0 || WEXITSTATUS(status) == kKilled) << WEXITSTATUS(status);
  return WEXITSTATUS(status) == kKilled;
}

}  // namespace heed

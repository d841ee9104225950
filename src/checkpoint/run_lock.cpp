#include <fcntl.h>
#include <fmt/format.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <cerrno>

#include "checkpoint/run_directory.h"
#include "core/error.h"
#include "core/failure_text.h"
#include "core/file_operations.h"
#include "core/uninterrupted.h"

namespace heed {

namespace {

// What the holder wrote: digits, or "unknown" where it has not got so far.
std::string holder(int descriptor) {
  std::array<char, 32> text{};
  const ssize_t length = pread(descriptor, text.data(), text.size(), 0);
  const std::string pid(text.data(), length > 0 ? static_cast<size_t>(length) : 0);
  const std::string digits = pid.substr(0, pid.find_first_not_of("0123456789"));
  return digits.empty() ? "unknown" : digits;
}

}  // namespace

RunLock::RunLock(const std::filesystem::path& run_directory) : path_(run_directory / "lock") {
  make_directories(run_directory);
  const std::filesystem::path& path = path_;
  descriptor_ = uninterrupted([&] { return open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0666); });
  const auto fail = [&](const std::string& message) {
    if (descriptor_ >= 0) close(descriptor_);
    throw Error(message);
  };
  if (descriptor_ < 0) fail(fmt::format("{}: cannot open: {}", path.string(), failure_text(path, errno)));
  if (uninterrupted([&] { return flock(descriptor_, LOCK_EX | LOCK_NB); }) != 0) {
    if (errno != EWOULDBLOCK) fail(fmt::format("{}: cannot lock: {}", path.string(), failure_text(path, errno)));
    fail(fmt::format("{} is in use by process {} on this machine; wait for it or choose another run.directory",
                     run_directory.string(), holder(descriptor_)));
  }
  const std::string pid = std::to_string(getpid()) + "\n";
  if (uninterrupted([&] { return ftruncate(descriptor_, 0); }) != 0 ||
      uninterrupted([&] { return pwrite(descriptor_, pid.data(), pid.size(), 0); }) < 0)
    fail(fmt::format("{}: cannot write: {}", path.string(), failure_text(path, errno)));
}

RunLock::~RunLock() { close(descriptor_); }

void RunLock::require_held() const {
  struct stat ours {};
  struct stat there {};
  if (fstat(descriptor_, &ours) == 0 && stat(path_.c_str(), &there) == 0 && ours.st_dev == there.st_dev &&
      ours.st_ino == there.st_ino)
    return;
  throw Error(fmt::format("{} was removed, moved or replaced during training: training ends, nothing is saved there",
                          path_.parent_path().string()));
}

}  // namespace heed

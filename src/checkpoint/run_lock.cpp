#include <fmt/format.h>
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

std::filesystem::path lock_file_in(const std::filesystem::path& run_directory) {
  make_directories(run_directory);
  return RunDirectory(run_directory).lock_file();
}

}  // namespace

RunLock::RunLock(const std::filesystem::path& run_directory) : path_(lock_file_in(run_directory)), lock_(path_) {
  if (lock_.state() == FileLock::State::kUnknown)
    throw Error(path_.string() + ": cannot lock: its file system has no locks; choose another run.directory");
  if (lock_.state() == FileLock::State::kAnothers)
    throw Error(fmt::format("{} is in use by process {} on this machine; wait for it or choose another run.directory",
                            run_directory.string(), holder(lock_.file().descriptor())));
  const std::string pid = std::to_string(getpid()) + "\n";
  const int descriptor = lock_.file().descriptor();
  if (uninterrupted([&] { return ftruncate(descriptor, 0); }) != 0 ||
      uninterrupted([&] { return pwrite(descriptor, pid.data(), pid.size(), 0); }) < 0)
    throw Error(fmt::format("{}: cannot write: {}", path_.string(), failure_text(path_, errno)));
}

void RunLock::require_held() const {
  if (lock_.file().leads_to(path_)) return;
  throw Error(fmt::format("{} was removed, moved or replaced during training: training ends, nothing is saved there",
                          path_.parent_path().string()));
}

}  // namespace heed

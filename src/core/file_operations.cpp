#include "core/file_operations.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <cstdlib>
#include <utility>

#include "core/error.h"
#include "core/failure_text.h"

namespace heed {

namespace {

namespace fs = std::filesystem;

FileOperationObserver observer;

FileFault observe(const char* operation, const fs::path& path) {
  return observer ? observer(operation, path) : FileFault{};
}

bool is_full(int error) { return error == ENOSPC || error == EDQUOT || error == EFBIG; }

[[noreturn]] void fail(const char* operation, const fs::path& path, int error, uint64_t needed_bytes = 0) {
  std::string message = fmt::format("{}: cannot {}: {}", path.string(), operation, failure_text(path, error));
  struct statvfs disk;
  if (is_full(error) && statvfs(parent_directory(path).c_str(), &disk) == 0) {
    const uint64_t free_bytes = static_cast<uint64_t>(disk.f_bavail) * disk.f_frsize;
    message += fmt::format("; needed {} more bytes, {} bytes are free (or a quota or file size limit is reached)",
                           needed_bytes, free_bytes);
  }
  throw Error(message);
}

// The result of `call`, made again while signals interrupt it.
template <class Call>
auto checked(const char* operation, const fs::path& path, Call call) {
  while (true) {
    const FileFault fault = observe(operation, path);
    if (fault.error != 0) errno = fault.error;
    const auto result = fault.error != 0 ? decltype(call()){-1} : call();
    if (result >= 0) return result;
    if (errno != EINTR) fail(operation, path, errno);
  }
}

int open_checked(const fs::path& path, int flags) {
  return checked("open", path, [&] { return open(path.c_str(), flags, 0666); });
}

// Linux frees the descriptor even when close reports an error, so it is called once; EINTR after fsync loses nothing.
int close_once(int descriptor, const fs::path& path) {
  const FileFault fault = observe("close", path);
  const int error = close(descriptor) == 0 ? fault.error : errno;
  return error == EINTR ? 0 : error;
}

}  // namespace

void set_file_operation_observer(FileOperationObserver replacement) { observer = std::move(replacement); }

fs::path without_final_slash(const fs::path& path) { return path.has_filename() ? path : path.parent_path(); }

fs::path parent_directory(const fs::path& path) {
  const fs::path parent = without_final_slash(path).parent_path();
  return parent.empty() ? fs::path(".") : parent;
}

FileWriter::FileWriter(fs::path path) : path_(std::move(path)) {
  descriptor_ = open_checked(path_, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC);
}

FileWriter::~FileWriter() {
  if (descriptor_ >= 0) close_once(descriptor_, path_);
}

void FileWriter::write(std::string_view bytes) {
  while (!bytes.empty()) {
    const FileFault fault = observe("write", path_);
    if (fault.error != 0) errno = fault.error;
    const ssize_t written =
        fault.error != 0 ? -1 : ::write(descriptor_, bytes.data(), std::min(bytes.size(), fault.write_limit));
    if (written > 0) bytes.remove_prefix(static_cast<size_t>(written));
    if (written == 0) fail("write", path_, EIO, bytes.size());
    if (written < 0 && errno != EINTR) fail("write", path_, errno, bytes.size());
  }
}

void FileWriter::sync_and_close() {
  checked("fsync", path_, [&] { return fsync(descriptor_); });
  const int error = close_once(std::exchange(descriptor_, -1), path_);
  if (error != 0) fail("close", path_, error);
}

OpenFile::OpenFile(const fs::path& path, int flags) : descriptor_(open_checked(path, flags)) {}

OpenFile::~OpenFile() {
  if (descriptor_ >= 0) close(descriptor_);
}

OpenFile::OpenFile(OpenFile&& other) noexcept : descriptor_(std::exchange(other.descriptor_, -1)) {}

bool OpenFile::leads_to(const fs::path& path) const {
  struct stat ours {};
  struct stat there {};
  return fstat(descriptor_, &ours) == 0 && stat(path.c_str(), &there) == 0 && ours.st_dev == there.st_dev &&
         ours.st_ino == there.st_ino;
}

void make_directory(const fs::path& path) {
  checked("mkdir", path, [&] { return mkdir(path.c_str(), 0777); });
}

fs::path make_directory_beside(const fs::path& path, const std::string& ending) {
  std::string name;
  checked("create", path, [&] {
    name = path.string() + ending;
    return mkdtemp(name.data()) == nullptr ? -1 : 0;
  });
  return name;
}

void make_directories(const fs::path& path) {
  const fs::path plain = without_final_slash(path);
  if (fs::is_directory(plain) || plain.empty()) return;
  make_directories(plain.parent_path());
  try {
    make_directory(plain);
  } catch (const Error&) {
    if (!fs::is_directory(plain)) throw;  // else another process has just made it
  }
  sync_directory(parent_directory(plain));
}

void sync_directory(const fs::path& path) {
  const int descriptor = open_checked(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  try {
    checked("fsync", path, [&] { return fsync(descriptor); });
  } catch (const Error&) {
    close_once(descriptor, path);
    throw;
  }
  const int error = close_once(descriptor, path);
  if (error != 0) fail("close", path, error);
}

void rename_path(const fs::path& from, const fs::path& to) {
  checked("rename", to, [&] { return rename(from.c_str(), to.c_str()); });
}

void exchange_paths(const fs::path& first, const fs::path& second) {
  checked("exchange", second,
          [&] { return renameat2(AT_FDCWD, first.c_str(), AT_FDCWD, second.c_str(), RENAME_EXCHANGE); });
}

void make_symlink(const fs::path& target, const fs::path& link) {
  checked("symlink", link, [&] { return symlink(target.c_str(), link.c_str()); });
}

bool try_remove(const fs::path& path) noexcept {
  if (observe("remove", path).error != 0) return false;
  std::error_code error;
  fs::remove_all(path, error);
  return !error;
}

std::optional<uint64_t> free_space(const fs::path& directory) {
  struct statvfs disk {};
  if (statvfs(directory.c_str(), &disk) != 0) fail("look at the file system", directory, errno);
  if (disk.f_blocks == 0) return std::nullopt;
  return static_cast<uint64_t>(disk.f_bavail) * disk.f_frsize;
}

void require_free_space(const fs::path& directory, uint64_t bytes) {
  const std::optional<uint64_t> free = free_space(directory);
  if (free && bytes > *free)
    throw Error(
        fmt::format("{}: not enough space: needed {} bytes, {} bytes are free; free some or choose another disk",
                    directory.string(), bytes, *free));
}

}  // namespace heed

#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <optional>
#include <string>
#include <string_view>

namespace heed {

// The system calls through which everything durable is written: each result is checked, EINTR is retried, short writes
// are continued, and a failure is an Error that names the path and, on a full disk, the bytes needed and free.
// POSIX; on Linux the durability promises are those of fsync(2) on the file and on its directory.

// A new file, written front to back. It must not exist (a planted symbolic link is not followed).
// Not thread safe.
class FileWriter {
 public:
  explicit FileWriter(std::filesystem::path path);
  ~FileWriter();  // closes what sync_and_close did not, without a promise about the bytes
  FileWriter(const FileWriter&) = delete;
  FileWriter& operator=(const FileWriter&) = delete;

  void write(std::string_view bytes);
  void sync_and_close();  // after it the bytes survive a power loss (the name does once its directory is synced)

 private:
  std::filesystem::path path_;
  int descriptor_ = -1;
};

// A file or directory held open. `flags` as open(2) has them; what is made has mode 0666.
class OpenFile {
 public:
  OpenFile(const std::filesystem::path& path, int flags);
  ~OpenFile();
  OpenFile(OpenFile&& other) noexcept;
  OpenFile& operator=(OpenFile&&) = delete;

  int descriptor() const { return descriptor_; }
  bool leads_to(const std::filesystem::path& path) const;  // false: what is there is another, or nothing is

 private:
  int descriptor_ = -1;
};

void make_directory(const std::filesystem::path& path);

// A new directory, for this user alone, named as `path` with `ending`, whose trailing X are replaced at random.
std::filesystem::path make_directory_beside(const std::filesystem::path& path, const std::string& ending);

void make_directories(
    const std::filesystem::path& path);  // and missing parents; those that exist are left alone; synced
void sync_directory(const std::filesystem::path& path);
void rename_path(const std::filesystem::path& from, const std::filesystem::path& to);
void exchange_paths(const std::filesystem::path& first, const std::filesystem::path& second);
void make_symlink(const std::filesystem::path& target, const std::filesystem::path& link);

// Removes a file or a whole directory. False (and no exception) where that was not possible: only for leftovers.
bool try_remove(const std::filesystem::path& path) noexcept;

// Bytes that this user may still write into the file system that holds `directory`; nothing where it does not tell.
std::optional<uint64_t> free_space(const std::filesystem::path& directory);

// Error unless `bytes` fit into the file system that holds `directory`.
void require_free_space(const std::filesystem::path& directory, uint64_t bytes);

// The directory a path lies in: "." for a bare name; runs for runs/x/ too.
std::filesystem::path parent_directory(const std::filesystem::path& path);
std::filesystem::path without_final_slash(const std::filesystem::path& path);

// What a test may do to an operation: let it fail with an errno, or let a write take fewer bytes than asked.
struct FileFault {
  int error = 0;
  size_t write_limit = SIZE_MAX;
};

// Called before every operation above with its name (open, write, fsync, close, mkdir, create, rename, exchange,
// symlink, remove) and path. For tests, which count, fail or kill the process there; an empty function ends that.
using FileOperationObserver = std::function<FileFault(const char* operation, const std::filesystem::path& path)>;
void set_file_operation_observer(FileOperationObserver observer);

}  // namespace heed

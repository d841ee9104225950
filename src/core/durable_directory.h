#pragma once

#include <filesystem>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "core/file_operations.h"

namespace heed {

// A directory that comes into being whole or not at all. Files are written and synced in `target.tmp-<pid>`; commit()
// syncs that, renames it to `target` and syncs the parent. Whatever is killed or fails before the rename leaves
// `target` as it was; the destructor removes what was not committed (after a kill, the next PendingDirectory of that
// target or remove_stale_temporaries does).
//
// The parent must exist. A `target` that exists already is swapped for the new one in one step (renameat2
// RENAME_EXCHANGE; Error on file systems without it) and then removed.
class PendingDirectory {
 public:
  explicit PendingDirectory(const std::filesystem::path& target);
  ~PendingDirectory();
  PendingDirectory(const PendingDirectory&) = delete;
  PendingDirectory& operator=(const PendingDirectory&) = delete;

  // A new file of it. REQUIRES: `name` is a plain base name; sync_and_close() is called on the result before commit().
  FileWriter create(const std::string& name) const { return FileWriter(temporary_ / name); }

  void write(const std::string& name, std::string_view bytes) const;  // a whole file of it

  void commit();

 private:
  std::filesystem::path target_, temporary_;
};

// Removes a directory so that a crash never leaves half of it under its name: it is renamed to a temporary name first.
void remove_directory(const std::filesystem::path& path);

// The entries of `parent` named NAME.tmp-<pid> whose process is gone (or had our own pid in an earlier life) and whose
// NAME is meant. REQUIRES: this process is making nothing under such a name.
std::vector<std::filesystem::path> stale_temporaries(const std::filesystem::path& parent,
                                                     const std::function<bool(std::string_view name)>& is_meant);

// Removes those and returns them: all of `parent`, or with a `name` only those named <name>.tmp-<pid>.
std::vector<std::filesystem::path> remove_stale_temporaries(const std::filesystem::path& parent,
                                                            std::string_view name = {});

}  // namespace heed

#pragma once

#include <filesystem>
#include <string>
#include <string_view>

#include "core/file_operations.h"
#include "core/temporary.h"

namespace heed {

// A directory that comes into being whole or not at all. Files are written and synced in a temporary one
// (core/temporary.h); commit() syncs that and gives it its name. Whatever is killed or fails before leaves `target` as
// it was. A `target` that exists already is swapped for the new one in one step and then removed.
//
// The parent must exist.
class PendingDirectory {
 public:
  explicit PendingDirectory(const std::filesystem::path& target);

  // A new file of it. REQUIRES: `name` is a plain base name; sync_and_close() is called on the result before commit().
  FileWriter create(const std::string& name) const { return FileWriter(temporary_.content() / name); }

  void write(const std::string& name, std::string_view bytes) const;  // a whole file of it

  void commit();

  const std::filesystem::path& path() const { return temporary_.content(); }  // until commit()

 private:
  Temporary temporary_;
};

// Removes a directory so that a crash never leaves half of it under its name: it is renamed to a temporary name first.
void remove_directory(const std::filesystem::path& path);

}  // namespace heed

#include "core/atomic_file.h"

#include <unistd.h>

#include <string>

#include "core/error.h"
#include "core/file_operations.h"

namespace heed {

namespace {

namespace fs = std::filesystem;

// Makes `temporary` by `prepare` and renames it to `path`; removes it where either fails.
template <class Prepare>
void replace(const fs::path& path, Prepare prepare) {
  const fs::path temporary = temporary_name(path);
  try_remove(temporary);  // left by a killed process that had our pid
  try {
    prepare(temporary);
    rename_path(temporary, path);
  } catch (const Error&) {
    try_remove(temporary);
    throw;
  }
  sync_directory(parent_directory(path));
}

}  // namespace

fs::path temporary_name(const fs::path& path) {
  return without_final_slash(path).string() + ".tmp-" + std::to_string(getpid());
}

void write_file_atomically(const fs::path& path, std::string_view bytes) {
  replace(path, [&](const fs::path& temporary) {
    FileWriter file(temporary);
    file.write(bytes);
    file.sync_and_close();
  });
}

void replace_symlink(const fs::path& link, const fs::path& target) {
  replace(link, [&](const fs::path& temporary) { make_symlink(target, temporary); });
}

}  // namespace heed

#include "core/atomic_file.h"

#include "core/file_operations.h"
#include "core/temporary.h"

namespace heed {

void write_file_atomically(const std::filesystem::path& path, std::string_view bytes) {
  Temporary temporary(path);
  FileWriter file(temporary.content());
  file.write(bytes);
  file.sync_and_close();
  temporary.commit();
}

void replace_symlink(const std::filesystem::path& link, const std::filesystem::path& target) {
  Temporary temporary(link);
  make_symlink(target, temporary.content());
  temporary.commit();
}

}  // namespace heed

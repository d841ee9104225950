#include "core/durable_directory.h"

namespace heed {

PendingDirectory::PendingDirectory(const std::filesystem::path& target) : temporary_(target) {
  make_directory(temporary_.content());
}

void PendingDirectory::write(const std::string& name, std::string_view bytes) const {
  FileWriter file = create(name);
  file.write(bytes);
  file.sync_and_close();
}

void PendingDirectory::commit() {
  sync_directory(temporary_.content());
  temporary_.commit();
}

void remove_directory(const std::filesystem::path& path) {
  const Temporary temporary(path);
  rename_path(path, temporary.content());
}

}  // namespace heed

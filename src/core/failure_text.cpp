#include "core/failure_text.h"

#include <cerrno>
#include <system_error>

namespace heed {

std::string failure_text(const std::filesystem::path& path, int error) {
  const bool leads_nowhere = error == ENOENT || error == ENOTDIR;
  return std::generic_category().message(error) + (leads_nowhere ? relative_note(path) : "");
}

std::string relative_note(const std::filesystem::path& path) {
  std::error_code gone;  // the working directory may have been removed
  const std::filesystem::path here = std::filesystem::current_path(gone);
  return path.is_absolute() || gone ? "" : " (relative to " + here.string() + ")";
}

}  // namespace heed

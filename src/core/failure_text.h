#pragma once

#include <filesystem>
#include <string>

namespace heed {

// The system's words for why an operation on `path` failed: "Permission denied". Where a relative path leads nowhere
// they end in what it is relative to, as that is what is mostly wrong with it:
//   No such file or directory (relative to /home/me/project)
std::string failure_text(const std::filesystem::path& path, int error);

// " (relative to /home/me/project)" to end any other message that a path leads nowhere; "" for an absolute path.
std::string relative_note(const std::filesystem::path& path);

}  // namespace heed

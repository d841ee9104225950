#pragma once

#include <cstddef>
#include <filesystem>
#include <optional>
#include <string_view>

namespace heed {

// A file's bytes, read-only in memory, paged in and out by the system. The file must not shrink meanwhile: caches are
// replaced by renaming, never changed in place, and a mapping keeps the file it opened.
class MappedFile {
 public:
  // Nothing where there is no such file; Error where it cannot be opened or mapped.
  static std::optional<MappedFile> open(const std::filesystem::path& path);
  ~MappedFile();
  MappedFile(MappedFile&&) noexcept;
  MappedFile& operator=(MappedFile&&) noexcept;

  std::string_view bytes() const { return bytes_; }

 private:
  explicit MappedFile(std::string_view bytes) : bytes_(bytes) {}

  std::string_view bytes_;
};

}  // namespace heed

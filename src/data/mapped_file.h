#pragma once

#include <cstddef>
#include <filesystem>
#include <string_view>

namespace heed {

// A file's bytes, read-only in memory, paged in and out by the system. The file must not shrink meanwhile: caches are
// replaced by renaming, never changed in place, and a mapping keeps the file it opened.
class MappedFile {
 public:
  // Error where the file cannot be opened or mapped.
  explicit MappedFile(const std::filesystem::path& path);
  ~MappedFile();
  MappedFile(MappedFile&&) noexcept;
  MappedFile& operator=(MappedFile&&) noexcept;

  std::string_view bytes() const { return bytes_; }

 private:
  std::string_view bytes_;
};

}  // namespace heed

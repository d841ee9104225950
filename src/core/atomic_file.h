#pragma once

#include <filesystem>
#include <string_view>

namespace heed {

// Replaces `path` by a file with these bytes: a reader, or a crash at any moment, sees the old file or the new one,
// whole. Prepared beside it (core/temporary.h), synced, renamed; the directory is synced. Error where that fails;
// `path` then keeps its old content.
void write_file_atomically(const std::filesystem::path& path, std::string_view bytes);

// Makes or replaces the symbolic link `link`, which will read `target`, in the same all-or-nothing way.
void replace_symlink(const std::filesystem::path& link, const std::filesystem::path& target);

}  // namespace heed

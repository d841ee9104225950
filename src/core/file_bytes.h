#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <string>
#include <string_view>

namespace heed {

// Reading binary files whole. Only regular files are read (a directory, FIFO or device is an Error, never a hang), a
// read that fails is an Error, and so is a file whose length changes while it is read.

enum class Symlinks { kFollow, kRefuse };

std::string read_file_bytes(const std::filesystem::path& path, Symlinks symlinks = Symlinks::kFollow);

// The same in pieces of at most 1 MiB, for files that need not lie in memory. Returns the number of bytes.
uint64_t read_file_pieces(const std::filesystem::path& path, Symlinks symlinks,
                          const std::function<void(std::string_view)>& consume);

}  // namespace heed

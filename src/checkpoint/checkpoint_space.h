#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <optional>
#include <string>

#include "checkpoint/checkpoint.h"

namespace heed {

// Bytes that a checkpoint takes on a disk, a little more than the sum of its files.
uint64_t checkpoint_bytes(const Checkpoint& checkpoint);

// What a run will ask of its disk.
struct SpaceNeeded {
  uint64_t checkpoint_bytes = 0;
  int64_t at_once = 1;  // checkpoints that lie there at the same time, the one in the making among them
  int64_t there = 0;    // of them already
};

using FreeSpace = std::function<std::optional<uint64_t>(const std::filesystem::path& directory)>;

// One line that names needed and free bytes where a run's checkpoints will not fit; nothing where they will, or where
// the file system does not tell. `free_space` is core/file_operations.h's.
std::optional<std::string> space_warning(const std::filesystem::path& run_directory, const SpaceNeeded& needed,
                                         const FreeSpace& free_space);

}  // namespace heed

#include "checkpoint/checkpoint_space.h"

#include <fmt/format.h>

#include <algorithm>

#include "core/count_text.h"

namespace heed {
namespace {

std::string bytes_text(uint64_t bytes) { return count_text(static_cast<int64_t>(bytes)) + " bytes"; }

}  // namespace

uint64_t checkpoint_bytes(const Checkpoint& checkpoint) {
  constexpr uint64_t kManifestAndDirectory = 1 << 16;
  uint64_t bytes = kManifestAndDirectory + safetensors_size(checkpoint.model) + checkpoint.config.size() +
                   checkpoint.vocabulary.size() + checkpoint.state.size();
  if (checkpoint.training) bytes += safetensors_size(*checkpoint.training);
  for (const auto& [name, content] : checkpoint.tokenizer_files) bytes += content.size();
  return bytes;
}

std::optional<std::string> space_warning(const std::filesystem::path& run_directory, const SpaceNeeded& needed,
                                         const FreeSpace& free_space) {
  const auto to_come = static_cast<uint64_t>(std::max<int64_t>(needed.at_once - needed.there, 1));
  const uint64_t bytes = to_come * needed.checkpoint_bytes;
  const std::optional<uint64_t> free = free_space(run_directory);
  if (!free || *free >= bytes) return std::nullopt;
  return fmt::format(
      "{}: not enough space for {} checkpoints of {}: needed {}, {} are free; free some, lower train.keep or choose "
      "another run.directory, or checkpoints will be left out",
      run_directory.string(), to_come, bytes_text(needed.checkpoint_bytes), bytes_text(bytes), bytes_text(*free));
}

}  // namespace heed

#include "checkpoint/open_checkpoint.h"

#include <fcntl.h>
#include <fmt/format.h>

#include <exception>

#include "checkpoint/checkpoint_files.h"
#include "checkpoint/run_directory.h"
#include "core/failure_text.h"
#include "core/file_operations.h"
#include "core/sha256.h"

namespace heed {
namespace {

namespace fs = std::filesystem;

constexpr uint64_t kMaxManifestBytes = 1 << 24;

// While it is open no other directory gets its number.
OpenFile open_directory(const fs::path& directory) {
  try {
    return OpenFile(directory, O_PATH | O_DIRECTORY | O_CLOEXEC);
  } catch (const Error& error) {
    if (fs::exists(directory)) throw UnreadableError(error.what());
    throw CheckpointGone(directory.string() + ": there is no such directory" + relative_note(directory));
  }
}

}  // namespace

OpenCheckpoint::OpenCheckpoint(const fs::path& directory) : directory_(directory) {
  as_checkpoint_error([&] {
    const OpenFile held = open_directory(directory);
    std::exception_ptr wrong;
    try {
      open_files();
    } catch (const Error&) {
      wrong = std::current_exception();
    } catch (const fs::filesystem_error&) {
      wrong = std::current_exception();
    }
    // What was opened is one whole checkpoint if it has its name still: to be removed, it is renamed first.
    if (!held.leads_to(directory)) throw CheckpointGone(directory.string() + ": was removed or replaced meanwhile");
    if (wrong) std::rethrow_exception(wrong);
  });
}

void OpenCheckpoint::open_files() {
  if (!fs::exists(fs::symlink_status(directory_ / kManifestName)))
    throw CheckpointError(
        fmt::format("{}: no {} in it: this is no complete checkpoint", directory_.string(), kManifestName));
  for (const fs::directory_entry& entry : fs::directory_iterator(directory_)) {
    const std::string name = entry.path().filename();
    if (!entry.is_regular_file() || entry.is_symlink())
      throw CheckpointError(fmt::format("{}: not a regular file; a checkpoint holds nothing else", origin(name)));
    files_.emplace(name, RegularFile(entry.path(), Symlinks::kRefuse));
  }
  const auto manifest = files_.extract(kManifestName);
  if (!manifest) lacks(kManifestName);
  const std::string manifest_origin = origin(kManifestName);
  if (manifest.mapped().size() > kMaxManifestBytes)
    throw CheckpointError(fmt::format("{}: longer than any manifest ({} bytes)", manifest_origin, kMaxManifestBytes));
  manifest_ = parse_manifest(manifest.mapped().read_bytes(), manifest_origin);
  require_listed();
}

void OpenCheckpoint::require_listed() const {
  for (const auto& [name, file] : files_)
    if (!has(name))
      throw CheckpointError(fmt::format("{}: this file is not in the manifest; move it elsewhere", origin(name)));
  for (const auto& [name, digest] : manifest_)
    if (files_.count(name) == 0) lacks(name);
  for (const std::string& name : kOwnNames)
    if (name != kManifestName && name != kTrainingName && !has(name)) lacks(name);
}

Checkpoint OpenCheckpoint::read(CheckpointParts parts) const {
  return as_checkpoint_error([&] {
    const auto tensors = [&](const std::string& name) {
      return parse_safetensors(read_bytes(name), origin(name)).tensors;
    };
    Checkpoint checkpoint;
    checkpoint.model = tensors(kModelName);
    checkpoint.config = read_bytes(kConfigName);
    checkpoint.vocabulary = read_bytes(kVocabularyName);
    checkpoint.state = read_bytes(kStateName);
    for (const auto& [name, digest] : manifest_)
      if (kOwnNames.count(name) == 0) checkpoint.tokenizer_files[name] = read_bytes(name);
    if (has(kTrainingName) && parts == CheckpointParts::kTranslation) verify(kTrainingName);
    if (has(kTrainingName) && parts == CheckpointParts::kEverything) checkpoint.training = tensors(kTrainingName);
    return checkpoint;
  });
}

void OpenCheckpoint::verify() const {
  as_checkpoint_error([&] {
    for (const auto& [name, digest] : manifest_) verify(name);
  });
}

// Its size is looked at before it is read, so that a file grown to any length costs nothing.
const RegularFile& OpenCheckpoint::file(const std::string& name) const {
  const RegularFile& file = files_.at(name);
  const uint64_t expected = manifest_.at(name).size;
  if (file.size() != expected) damaged(name, fmt::format("{} bytes", file.size()), fmt::format("{} bytes", expected));
  return file;
}

std::string OpenCheckpoint::read_bytes(const std::string& name) const {
  std::string bytes = file(name).read_bytes();
  require_digest(name, {bytes.size(), sha256_hex(bytes)});
  return bytes;
}

void OpenCheckpoint::verify(const std::string& name) const {
  Sha256 hash;
  const uint64_t size = file(name).read_pieces([&](std::string_view piece) { hash.update(piece); });
  require_digest(name, {size, hash.hex()});
}

void OpenCheckpoint::require_digest(const std::string& name, const FileDigest& found) const {
  const FileDigest& expected = manifest_.at(name);
  if (found.sha256 != expected.sha256 || found.size != expected.size)
    damaged(name, "SHA-256 " + found.sha256.substr(0, 12), expected.sha256.substr(0, 12));
}

void OpenCheckpoint::lacks(const std::string& name) const {
  throw CheckpointError(fmt::format("{}: the checkpoint lacks {}", directory_.string(), name));
}

void OpenCheckpoint::damaged(const std::string& name, const std::string& found, const std::string& expected) const {
  throw CheckpointError(fmt::format("{}: damaged: found {}, the manifest says {}; use another checkpoint", origin(name),
                                    found, expected));
}

OpenCheckpoint open_model(const fs::path& model) {
  return open_what_is_there([&] { return OpenCheckpoint(resolve_model(model)); });
}

}  // namespace heed

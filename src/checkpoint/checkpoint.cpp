#include "checkpoint/checkpoint.h"

#include <fmt/format.h>

#include <functional>
#include <set>
#include <utility>

#include "checkpoint/manifest.h"
#include "checkpoint/tensor_check.h"
#include "core/durable_directory.h"
#include "core/error.h"
#include "core/failure_text.h"
#include "core/file_bytes.h"
#include "core/sha256.h"

namespace heed {

namespace {

namespace fs = std::filesystem;

constexpr uint64_t kMaxManifestBytes = 1 << 24;
constexpr const char* kModelName = "model.safetensors";
constexpr const char* kTrainingName = "training.safetensors";
constexpr const char* kConfigName = "config.yaml";
constexpr const char* kVocabularyName = "vocabulary.json";
constexpr const char* kStateName = "state.json";

const std::set<std::string> kOwnNames = {kModelName,      kTrainingName, kConfigName,
                                         kVocabularyName, kStateName,    kManifestName};

void require_writable(const Checkpoint& checkpoint, const std::string& origin) {
  for (const auto& [name, bytes] : checkpoint.tokenizer_files)
    if (!is_plain_name(name) || kOwnNames.count(name) != 0)
      throw CheckpointError(fmt::format("{}: a tokenizer file cannot be named '{}' in a checkpoint", origin, name));
  check_finite(checkpoint.model, origin);
  if (checkpoint.training) check_finite(*checkpoint.training, origin);
}

uint64_t bytes_needed(const Checkpoint& checkpoint) {
  constexpr uint64_t kManifestAndDirectory = 1 << 16;
  uint64_t bytes = kManifestAndDirectory + safetensors_size(checkpoint.model) + checkpoint.config.size() +
                   checkpoint.vocabulary.size() + checkpoint.state.size();
  if (checkpoint.training) bytes += safetensors_size(*checkpoint.training);
  for (const auto& [name, content] : checkpoint.tokenizer_files) bytes += content.size();
  return bytes;
}

// Writes the files of a directory one by one and keeps the account of them.
class CheckpointWriter {
 public:
  explicit CheckpointWriter(const fs::path& directory) : pending_(directory) {}

  void add(const std::string& name, const TensorMap& tensors) {
    write(name, [&](const ByteSink& sink) { write_safetensors(tensors, sink); });
  }
  void add(const std::string& name, const std::string& bytes) {
    write(name, [&](const ByteSink& sink) { sink(bytes); });
  }
  void commit() {
    add(kManifestName, serialize_manifest(manifest_));
    pending_.commit();
  }

 private:
  void write(const std::string& name, const std::function<void(const ByteSink&)>& content) {
    FileWriter file = pending_.create(name);
    Sha256 hash;
    FileDigest digest;
    content([&](std::string_view piece) {
      file.write(piece);
      hash.update(piece);
      digest.size += piece.size();
    });
    file.sync_and_close();
    digest.sha256 = hash.hex();
    manifest_[name] = digest;
  }

  PendingDirectory pending_;
  Manifest manifest_;
};

// Reads files of a directory against its manifest.
class CheckpointReader {
 public:
  explicit CheckpointReader(const fs::path& directory) : directory_(directory) {
    if (!fs::is_directory(directory))
      throw CheckpointError(directory.string() + ": there is no such directory" + relative_note(directory));
    const fs::path path = directory / kManifestName;
    if (!fs::exists(fs::symlink_status(path)))
      throw CheckpointError(
          fmt::format("{}: no {} in it: this is no complete checkpoint", directory.string(), kManifestName));
    if (fs::is_regular_file(path) && fs::file_size(path) > kMaxManifestBytes)
      throw CheckpointError(fmt::format("{}: longer than any manifest ({} bytes)", path.string(), kMaxManifestBytes));
    manifest_ = parse_manifest(read_file_bytes(path, Symlinks::kRefuse), path.string());
    require_listed();
    for (const std::string& name : kOwnNames)
      if (name != kManifestName && name != kTrainingName && !has(name)) lacks(name);
  }

  bool has(const std::string& name) const { return manifest_.count(name) != 0; }
  const Manifest& manifest() const { return manifest_; }
  std::string origin(const std::string& name) const { return (directory_ / name).string(); }

  std::string read(const std::string& name) const {
    require_size(name);
    std::string bytes = read_file_bytes(directory_ / name, Symlinks::kRefuse);
    require_digest(name, {bytes.size(), sha256_hex(bytes)});
    return bytes;
  }

  void verify(const std::string& name) const {
    require_size(name);
    Sha256 hash;
    const uint64_t size =
        read_file_pieces(directory_ / name, Symlinks::kRefuse, [&](auto piece) { hash.update(piece); });
    require_digest(name, {size, hash.hex()});
  }

 private:
  [[noreturn]] void lacks(const std::string& name) const {
    throw CheckpointError(fmt::format("{}: the checkpoint lacks {}", directory_.string(), name));
  }

  void require_listed() const {
    std::set<std::string> found;
    for (const fs::directory_entry& entry : fs::directory_iterator(directory_)) {
      const std::string name = entry.path().filename();
      if (!entry.is_regular_file() || entry.is_symlink())
        throw CheckpointError(fmt::format("{}: not a regular file; a checkpoint holds nothing else", origin(name)));
      if (!has(name) && name != kManifestName)
        throw CheckpointError(fmt::format("{}: this file is not in the manifest; move it elsewhere", origin(name)));
      found.insert(name);
    }
    for (const auto& [name, digest] : manifest_)
      if (found.count(name) == 0) lacks(name);
  }

  // Before reading, so that a file grown to any length costs nothing.
  void require_size(const std::string& name) const {
    std::error_code error;
    const uint64_t size = fs::file_size(directory_ / name, error);
    if (!error && size != manifest_.at(name).size)
      damaged(name, fmt::format("{} bytes", size), fmt::format("{} bytes", manifest_.at(name).size));
  }

  void require_digest(const std::string& name, const FileDigest& found) const {
    const FileDigest& expected = manifest_.at(name);
    if (found.sha256 != expected.sha256 || found.size != expected.size)
      damaged(name, "SHA-256 " + found.sha256.substr(0, 12), expected.sha256.substr(0, 12));
  }

  [[noreturn]] void damaged(const std::string& name, const std::string& found, const std::string& expected) const {
    throw CheckpointError(fmt::format("{}: damaged: found {}, the manifest says {}; use another checkpoint",
                                      origin(name), found, expected));
  }

  fs::path directory_;
  Manifest manifest_;
};

// Runs `work`, giving file errors (core/error.h: Error) the class that callers of this room expect.
template <class Work>
auto as_checkpoint_error(Work work) {
  try {
    return work();
  } catch (const CheckpointError&) {
    throw;
  } catch (const Error& error) {
    throw CheckpointError(error.what());
  } catch (const fs::filesystem_error& error) {
    throw CheckpointError(error.what());
  }
}

}  // namespace

void write_checkpoint(const fs::path& directory, const Checkpoint& checkpoint) {
  as_checkpoint_error([&] {
    require_writable(checkpoint, directory.string());
    make_directories(parent_directory(directory));
    require_free_space(parent_directory(directory), bytes_needed(checkpoint));
    CheckpointWriter writer(directory);
    writer.add(kModelName, checkpoint.model);
    writer.add(kConfigName, checkpoint.config);
    writer.add(kVocabularyName, checkpoint.vocabulary);
    for (const auto& [name, bytes] : checkpoint.tokenizer_files) writer.add(name, bytes);
    if (checkpoint.training) writer.add(kTrainingName, *checkpoint.training);
    writer.add(kStateName, checkpoint.state);
    writer.commit();
  });
}

Checkpoint read_checkpoint(const fs::path& directory, CheckpointParts parts) {
  return as_checkpoint_error([&] {
    const CheckpointReader reader(directory);
    const auto tensors = [&](const std::string& name) {
      return parse_safetensors(reader.read(name), reader.origin(name)).tensors;
    };
    Checkpoint checkpoint;
    checkpoint.model = tensors(kModelName);
    checkpoint.config = reader.read(kConfigName);
    checkpoint.vocabulary = reader.read(kVocabularyName);
    checkpoint.state = reader.read(kStateName);
    for (const auto& [name, digest] : reader.manifest())
      if (kOwnNames.count(name) == 0) checkpoint.tokenizer_files[name] = reader.read(name);
    if (reader.has(kTrainingName) && parts == CheckpointParts::kTranslation) reader.verify(kTrainingName);
    if (reader.has(kTrainingName) && parts == CheckpointParts::kEverything)
      checkpoint.training = tensors(kTrainingName);
    return checkpoint;
  });
}

void verify_checkpoint(const fs::path& directory) {
  as_checkpoint_error([&] {
    const CheckpointReader reader(directory);
    for (const auto& [name, digest] : reader.manifest()) reader.verify(name);
  });
}

}  // namespace heed

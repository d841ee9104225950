#include "checkpoint/checkpoint.h"

#include <fmt/format.h>

#include <functional>
#include <utility>

#include "checkpoint/checkpoint_files.h"
#include "checkpoint/checkpoint_space.h"
#include "checkpoint/manifest.h"
#include "checkpoint/open_checkpoint.h"
#include "checkpoint/tensor_check.h"
#include "core/durable_directory.h"
#include "core/error.h"
#include "core/sha256.h"

namespace heed {

namespace {

namespace fs = std::filesystem;

void require_writable(const Checkpoint& checkpoint, const std::string& origin) {
  for (const auto& [name, bytes] : checkpoint.tokenizer_files)
    if (!is_plain_name(name) || kOwnNames.count(name) != 0)
      throw CheckpointError(fmt::format("{}: a tokenizer file cannot be named '{}' in a checkpoint", origin, name));
  check_finite(checkpoint.model, origin);
  if (checkpoint.training) check_finite(*checkpoint.training, origin);
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

}  // namespace

void write_checkpoint(const fs::path& directory, const Checkpoint& checkpoint) {
  as_checkpoint_error([&] {
    require_writable(checkpoint, directory.string());
    make_directories(parent_directory(directory));
    require_free_space(parent_directory(directory), checkpoint_bytes(checkpoint));
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
  return OpenCheckpoint(directory).read(parts);
}

void verify_checkpoint(const fs::path& directory) { OpenCheckpoint(directory).verify(); }

}  // namespace heed

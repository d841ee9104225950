#pragma once

#include <filesystem>
#include <map>
#include <string>

#include "checkpoint/checkpoint.h"
#include "checkpoint/manifest.h"
#include "core/error.h"
#include "core/file_bytes.h"

namespace heed {

// A checkpoint was removed or replaced while it was being opened: the one that is there now may be asked for.
class CheckpointGone : public CheckpointError {
 public:
  using CheckpointError::CheckpointError;
};

// A checkpoint with its manifest checked and all files of it held open, so that they are read whole, and all of one
// checkpoint, even when a trainer removes or replaces the directory meanwhile.
class OpenCheckpoint {
 public:
  // CheckpointError where the directory holds no checkpoint, or other files than the manifest says; CheckpointGone.
  explicit OpenCheckpoint(const std::filesystem::path& directory);

  const std::filesystem::path& directory() const { return directory_; }
  const Manifest& manifest() const { return manifest_; }

  Checkpoint read(CheckpointParts parts = CheckpointParts::kEverything) const;  // as read_checkpoint
  void verify() const;                                                          // as verify_checkpoint

 private:
  void open_files();
  void require_listed() const;
  bool has(const std::string& name) const { return manifest_.count(name) != 0; }
  std::string origin(const std::string& name) const { return (directory_ / name).string(); }
  const RegularFile& file(const std::string& name) const;  // of the size that the manifest says
  std::string read_bytes(const std::string& name) const;
  void verify(const std::string& name) const;
  void require_digest(const std::string& name, const FileDigest& found) const;
  [[noreturn]] void lacks(const std::string& name) const;
  [[noreturn]] void damaged(const std::string& name, const std::string& found, const std::string& expected) const;

  std::filesystem::path directory_;
  std::map<std::string, RegularFile> files_;
  Manifest manifest_;
};

// What `open` returns, asked again where a trainer has removed or replaced a checkpoint meanwhile; CheckpointGone in
// the end where what it names leads nowhere for good.
template <class Open>
auto open_what_is_there(Open open) {
  constexpr int kTries = 100;
  for (int tries = kTries;; --tries) {
    try {
      return open();
    } catch (const CheckpointGone&) {
      if (tries == 0) throw;
    }
  }
}

// The checkpoint that MODEL on the command line means (resolve_model), held open; where a trainer removes or replaces
// it meanwhile, the one that MODEL means then.
OpenCheckpoint open_model(const std::filesystem::path& model);

}  // namespace heed

#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "core/file_lock.h"

namespace heed {

struct RejectedCheckpoint {
  std::filesystem::path path;
  std::string reason;
};

struct NewestCheckpoint {
  std::optional<std::filesystem::path> path;  // nothing: none verifies
  int64_t step = 0;
  std::vector<RejectedCheckpoint> rejected;  // the newer ones that do not verify, newest first
};

// The directory of a training run: config.yaml, train.log, metrics.jsonl, validations.tsv, curves.svg, attention/,
// tensorboard/, checkpoints/step-00001000/, and the links best and latest to two of those. Changing it needs the
// RunLock. Errors are CheckpointError or Error, with the path in them.
class RunDirectory {
 public:
  explicit RunDirectory(std::filesystem::path path) : path_(std::move(path)) {}

  const std::filesystem::path& path() const { return path_; }
  std::filesystem::path config_file() const { return path_ / "config.yaml"; }
  std::filesystem::path lock_file() const { return path_ / "lock"; }
  std::filesystem::path log_file() const { return path_ / "train.log"; }
  std::filesystem::path metrics_file() const { return path_ / "metrics.jsonl"; }
  std::filesystem::path validations_file() const { return path_ / "validations.tsv"; }
  std::filesystem::path curves_file() const { return path_ / "curves.svg"; }
  std::filesystem::path attention() const { return path_ / "attention"; }
  std::filesystem::path tensorboard() const { return path_ / "tensorboard"; }
  std::filesystem::path checkpoints() const { return path_ / "checkpoints"; }
  std::filesystem::path checkpoint(int64_t step) const;  // checkpoints/step-00001000; more digits from 10^8 on

  void create() const;                       // the directory and checkpoints/
  std::vector<int64_t> steps() const;        // of the checkpoints there, ascending, verified or not
  NewestCheckpoint newest_verified() const;  // what --resume continues from

  std::optional<std::filesystem::path> best() const;  // what the link points to; nothing without a link
  std::optional<std::filesystem::path> latest() const;
  void set_best(int64_t step) const;
  void set_latest(int64_t step) const;

  // Removes all but the newest `keep` checkpoints (at least 1), never what best or latest points to.
  void prune(int64_t keep) const;

  // Removes the checkpoints beyond `step`, which a resume from `step` will write anew, so that a damaged one cannot
  // pass for the newest; a link to one of them goes with it.
  void remove_after(int64_t step) const;

  // Removes what killed processes left half written, here, in checkpoints/ and in attention/.
  void remove_stale() const;

 private:
  std::filesystem::path path_;
};

// The checkpoint directory that MODEL on the command line means: the directory itself if it is a checkpoint; for a run
// its best one, else the newest. Not verified, and no fallback: readers verify. CheckpointError if it is neither.
std::filesystem::path resolve_model(const std::filesystem::path& model);

// Only one process at a time trains in a run directory: a FileLock on its file `lock`. The file holds the process id
// for the message and is never removed.
class RunLock {
 public:
  // Makes the directory if it is missing. Error if another process (or this one) holds the lock:
  //   runs/m30k is in use by process 4242 on this machine; wait for it or choose another run.directory
  explicit RunLock(const std::filesystem::path& run_directory);

  // Error if the directory has been removed, moved or replaced since: it is nobody's, or another's.
  void require_held() const;

  const std::filesystem::path& path() const { return path_; }  // of the lock's file

 private:
  std::filesystem::path path_;
  FileLock lock_;
};

}  // namespace heed

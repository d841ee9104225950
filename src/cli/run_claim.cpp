#include "cli/run_claim.h"

#include <system_error>

#include "core/file_operations.h"

namespace heed {
namespace {

namespace fs = std::filesystem;

// The first directory on the way to `path` that is not there yet; empty where all are.
fs::path outermost_missing(const fs::path& path) {
  fs::path missing;
  for (fs::path at = path; !at.empty() && !fs::exists(at); at = at.parent_path()) missing = at;
  return missing;
}

}  // namespace

RunClaim::RunClaim(const fs::path& run_directory)
    : directory_(without_final_slash(run_directory)),
      outermost_new_(outermost_missing(directory_)),
      had_lock_file_(fs::exists(RunDirectory(directory_).lock_file())),
      lock_(directory_) {}

RunClaim::~RunClaim() {
  if (kept_) return;
  std::error_code not_empty;  // somebody else's, then, and theirs to keep
  if (!had_lock_file_) fs::remove(lock_.path(), not_empty);
  if (outermost_new_.empty()) return;
  for (fs::path at = directory_; fs::remove(at, not_empty) && at != outermost_new_;) at = at.parent_path();
}

}  // namespace heed

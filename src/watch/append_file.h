#pragma once

#include <filesystem>
#include <mutex>
#include <string>
#include <string_view>

namespace heed {

// A file that only grows, for what a run tells while it goes on: metrics, log, events. Each append reaches the kernel
// before it returns, so a killed process loses nothing it had appended (a power loss may).
//
// Opening cuts off an unfinished last line, which a kill inside a write leaves; Error where the file cannot be opened.
// Writing never stops training: an append that fails (full disk) leaves nothing of itself behind, is remembered for
// warn_of_failure(), and the next one tries again. Thread safe.
class AppendFile {
 public:
  explicit AppendFile(std::filesystem::path path);
  ~AppendFile();
  AppendFile(const AppendFile&) = delete;
  AppendFile& operator=(const AppendFile&) = delete;

  void append(std::string_view bytes);

  // Logs one warning if an append has failed, once in the life of this object. Not for a log sink, which holds the
  // log's lock.
  void warn_of_failure();

 private:
  void cut_unfinished_line();

  std::mutex mutex_;
  std::filesystem::path path_;
  int descriptor_ = -1;
  int error_ = 0;  // errno of the first failure
  bool warned_ = false;
};

}  // namespace heed

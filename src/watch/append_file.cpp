#include "watch/append_file.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <utility>

#include "core/error.h"
#include "core/failure_text.h"
#include "core/logging.h"
#include "core/uninterrupted.h"

namespace heed {

namespace {

std::string failure(const std::filesystem::path& path, const char* verb, int error) {
  return fmt::format("{}: cannot {}: {}", path.string(), verb, failure_text(path, error));
}

}  // namespace

AppendFile::AppendFile(std::filesystem::path path) : path_(std::move(path)) {
  descriptor_ = uninterrupted([&] { return open(path_.c_str(), O_RDWR | O_APPEND | O_CREAT | O_CLOEXEC, 0666); });
  if (descriptor_ < 0) throw Error(failure(path_, "open", errno));
  try {
    cut_unfinished_line();
  } catch (const Error&) {
    close(descriptor_);
    throw;
  }
}

AppendFile::~AppendFile() { close(descriptor_); }

void AppendFile::cut_unfinished_line() {
  std::array<char, 4096> piece;
  off_t end = lseek(descriptor_, 0, SEEK_END);  // where the last whole line ends, sought backwards
  const off_t size = end;
  while (end > 0) {
    const off_t begin = std::max<off_t>(0, end - static_cast<off_t>(piece.size()));
    const ssize_t read = pread(descriptor_, piece.data(), static_cast<size_t>(end - begin), begin);
    if (read != end - begin) return;  // a failing disk: the next append will tell
    const auto newline = std::string_view(piece.data(), static_cast<size_t>(read)).rfind('\n');
    end = newline == std::string_view::npos ? begin : begin + static_cast<off_t>(newline) + 1;
    if (newline != std::string_view::npos) break;
  }
  if (end < size && uninterrupted([&] { return ftruncate(descriptor_, end); }) != 0)
    throw Error(failure(path_, "cut the unfinished last line", errno));
}

void AppendFile::append(std::string_view bytes) {
  const std::lock_guard lock(mutex_);
  const off_t before = lseek(descriptor_, 0, SEEK_END);
  while (!bytes.empty()) {
    const ssize_t written = uninterrupted([&] { return write(descriptor_, bytes.data(), bytes.size()); });
    if (written > 0) {
      bytes.remove_prefix(static_cast<size_t>(written));
    } else {
      if (error_ == 0) error_ = written == 0 ? EIO : errno;
      // Half a record would spoil those after it. Where this fails too, the next opening cuts the half line.
      [[maybe_unused]] const int cut = uninterrupted([&] { return ftruncate(descriptor_, before); });
      return;
    }
  }
}

void AppendFile::warn_of_failure() {
  int error = 0;
  {
    const std::lock_guard lock(mutex_);  // not held while logging: the log may write to this very file
    if (error_ != 0 && !warned_) error = error_;
    warned_ = warned_ || error_ != 0;
  }
  if (error != 0) log_warning(failure(path_, "write", error) + "; training goes on, lines are missing there");
}

}  // namespace heed

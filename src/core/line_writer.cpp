#include "core/line_writer.h"

#include <fcntl.h>
#include <poll.h>
#include <sys/stat.h>
#include <unistd.h>
#include <zlib.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <filesystem>
#include <utility>

#include "core/error.h"
#include "core/failure_text.h"
#include "core/uninterrupted.h"

namespace heed {
namespace {

namespace fs = std::filesystem;

constexpr size_t kBufferBytes = size_t{1} << 16;
constexpr int kGzipWindow = 15 + 16;  // deflateInit2: the largest window, gzip header and trailer
constexpr int kMemoryLevel = 8;       // zlib's usual one

// A descriptor by name. It may lead to a file, which its opener appends to.
bool is_descriptor(const std::string& path) {
  return path == "/dev/stdout" || path == "/dev/stderr" || path.starts_with("/dev/fd/") ||
         (path.starts_with("/proc/") && path.find("/fd/") != std::string::npos);
}

// A mount point of its own, which no rename can put another file in place of.
bool is_mounted(const std::string& path) {
  struct statx found {};
  return statx(AT_FDCWD, path.c_str(), 0, 0, &found) == 0 && (found.stx_attributes & STATX_ATTR_MOUNT_ROOT) != 0;
}

// What is written in passing and cannot be replaced.
bool is_stream(const std::string& path) {
  std::error_code none;
  const fs::file_status status = fs::status(path, none);
  return path == "-" || is_descriptor(path) || (fs::exists(status) && !fs::is_regular_file(status)) || is_mounted(path);
}

// Where links lead, of which the last may lead to what is not there yet.
fs::path behind_links(fs::path path) {
  constexpr int kMostLinks = 40;  // as the kernel follows
  std::error_code none;
  for (int i = 0; i < kMostLinks && fs::is_symlink(fs::symlink_status(path, none)); ++i)
    path = path.parent_path() / fs::read_symlink(path, none);
  return path;
}

}  // namespace

// Compresses what it is given, in one stream. The header holds neither time nor name: equal lines give equal bytes.
class LineWriter::Gzip {
 public:
  explicit Gzip(const std::string& path) {
    if (deflateInit2(&stream_, Z_DEFAULT_COMPRESSION, Z_DEFLATED, kGzipWindow, kMemoryLevel, Z_DEFAULT_STRATEGY) !=
        Z_OK)
      throw Error(path + ": zlib cannot be initialised");
  }
  ~Gzip() { deflateEnd(&stream_); }
  Gzip(const Gzip&) = delete;
  Gzip& operator=(const Gzip&) = delete;

  std::string compressed(std::string_view bytes) { return run(bytes, Z_NO_FLUSH); }
  std::string end() { return run({}, Z_FINISH); }

 private:
  std::string run(std::string_view bytes, int mode) {
    std::string result;
    std::array<char, kBufferBytes> piece;
    stream_.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(bytes.data()));
    stream_.avail_in = static_cast<uInt>(bytes.size());
    do {
      stream_.next_out = reinterpret_cast<Bytef*>(piece.data());
      stream_.avail_out = static_cast<uInt>(piece.size());
      deflate(&stream_, mode);
      result.append(piece.data(), piece.size() - stream_.avail_out);
    } while (stream_.avail_out == 0);
    return result;
  }

  z_stream stream_{};
};

LineWriter::LineWriter(const std::string& path) : path_(path) {
  if (path.empty()) throw ConfigError("the name of the file to write is empty; - is standard output");
  if (path.ends_with('/') && !fs::exists(path)) throw ConfigError(path + " names a directory: expected a file's name");
  if (is_stream(path))
    open_stream();
  else
    open_file();
  if (path.ends_with(".gz")) gzip_ = std::make_unique<Gzip>(path);
}

LineWriter::~LineWriter() {
  if (descriptor_ > STDOUT_FILENO) ::close(descriptor_);
}

void LineWriter::open_stream() {
  const int flags = O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC;
  descriptor_ = path_ == "-" ? STDOUT_FILENO : uninterrupted([&] { return open(path_.c_str(), flags, 0666); });
  check(descriptor_ >= 0);
}

// A link stays one, and a file keeps its permissions: one that may not be written is not replaced either. Not what
// makes a program run as its owner: the new file's owner is another where the old one was.
void LineWriter::open_file() {
  struct stat old {};
  const bool replaces = stat(path_.c_str(), &old) == 0;
  if (replaces) check(access(path_.c_str(), W_OK) == 0);
  temporary_.emplace(replaces ? fs::canonical(path_) : behind_links(path_));
  const int flags = O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC;
  descriptor_ = uninterrupted([&] { return open(temporary_->content().c_str(), flags, 0666); });
  check(descriptor_ >= 0 && (!replaces || fchmod(descriptor_, old.st_mode & 0777) == 0));
}

void LineWriter::write_line(std::string_view line) {
  pending_ += line;
  write("\n");
}

void LineWriter::write(std::string_view text) {
  pending_ += text;
  if (pending_.size() >= kBufferBytes) flush();
}

void LineWriter::flush() {
  const std::string bytes = std::exchange(pending_, {});
  send(gzip_ ? gzip_->compressed(bytes) : bytes);
}

void LineWriter::close() {
  flush();
  if (gzip_) send(gzip_->end());
  // Some file systems tell only now. The number of standard output stays taken: no file may ever get it.
  const bool standard = descriptor_ == STDOUT_FILENO;
  if (temporary_) check(uninterrupted([&] { return fsync(descriptor_); }) == 0);
  const int descriptor = standard ? dup(STDOUT_FILENO) : descriptor_;
  descriptor_ = -1;
  if (descriptor >= 0) check(::close(descriptor) == 0 || errno == EINTR);
  if (temporary_) temporary_->commit();
}

void LineWriter::send(std::string_view bytes) {
  while (!bytes.empty()) {
    const ssize_t written = uninterrupted([&] { return ::write(descriptor_, bytes.data(), bytes.size()); });
    if (written < 0 && errno == EAGAIN) {  // whoever opened it does not want to wait; we do
      pollfd awaited{descriptor_, POLLOUT, 0};
      check(uninterrupted([&] { return poll(&awaited, 1, -1); }) >= 0);
      continue;
    }
    if (written <= 0) fail(written == 0 ? EIO : errno);
    bytes.remove_prefix(static_cast<size_t>(written));
  }
}

void LineWriter::check(bool worked) const {
  if (!worked) fail(errno);
}

void LineWriter::fail(int error) const {
  if (path_ != "-") throw Error(path_ + ": cannot be written: " + failure_text(path_, error));
  if (error == EPIPE) throw ReaderGone();
  throw Error("standard output: cannot be written: " + failure_text("/", error));
}

void print_text(std::string_view text) {
  LineWriter output("-");
  output.write(text);
  output.close();
}

}  // namespace heed

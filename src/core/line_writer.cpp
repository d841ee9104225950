#include "core/line_writer.h"

#include <fcntl.h>
#include <unistd.h>
#include <zlib.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <utility>

#include "core/error.h"
#include "core/failure_text.h"

namespace heed {
namespace {

constexpr size_t kBufferBytes = size_t{1} << 16;
constexpr int kGzipWindow = 15 + 16;  // deflateInit2: the largest window, gzip header and trailer
constexpr int kMemoryLevel = 8;       // zlib's usual one

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
  descriptor_ = path == "-" ? STDOUT_FILENO : open(path.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0666);
  if (descriptor_ < 0) fail(errno);
  if (path.ends_with(".gz")) gzip_ = std::make_unique<Gzip>(path);
}

LineWriter::~LineWriter() {
  if (descriptor_ > STDOUT_FILENO) ::close(descriptor_);
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
  const int descriptor = standard ? dup(STDOUT_FILENO) : descriptor_;
  descriptor_ = -1;
  if (descriptor >= 0 && ::close(descriptor) != 0 && errno != EINTR) fail(errno);
}

void LineWriter::send(std::string_view bytes) {
  while (!bytes.empty()) {
    const ssize_t written = ::write(descriptor_, bytes.data(), bytes.size());
    if (written > 0) bytes.remove_prefix(static_cast<size_t>(written));
    if (written == 0) fail(EIO);
    if (written < 0 && errno != EINTR) fail(errno);
  }
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

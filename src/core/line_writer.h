#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "core/temporary.h"

namespace heed {

// Where answers go, the counterpart of LineReader: standard output ("-"), a pipe or device, or a file. A file is there
// whole once close() has returned, or not at all: until then it is a temporary one (core/temporary.h), and what stood
// under its name stays. A link stays one. A file that is mounted by itself, as containers are given one, cannot be
// replaced and is written as a device is. A name that ends in .gz is written as gzip. Everything that Heed prints on
// standard output goes through one of these.
//
// Error, naming the path, where something cannot be written (a full disk, a directory that is not there), at the latest
// by close(). ReaderGone where the reader of standard output has closed its end. Not thread safe.
class LineWriter {
 public:
  explicit LineWriter(const std::string& path);
  ~LineWriter();  // without close() a file does not come into being, and the rest of a stream is lost
  LineWriter(const LineWriter&) = delete;
  LineWriter& operator=(const LineWriter&) = delete;

  void write_line(std::string_view line);  // and its LF
  void write(std::string_view text);       // which ends its lines itself
  void flush();  // what was written is on its way to a reader; of gzip only what is compressed by now
  void close();

 private:
  class Gzip;

  void open_stream();
  void open_file();
  void send(std::string_view bytes);
  void check(bool worked) const;  // fails with errno unless it did
  [[noreturn]] void fail(int error) const;

  std::string path_;
  std::optional<Temporary> temporary_;  // of a file
  int descriptor_ = -1;
  std::unique_ptr<Gzip> gzip_;  // of a name ending in .gz
  std::string pending_;
};

// Writes text that ends its lines itself to standard output.
void print_text(std::string_view text);

}  // namespace heed

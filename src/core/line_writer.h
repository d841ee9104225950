#pragma once

#include <memory>
#include <string>
#include <string_view>

namespace heed {

// Where answers go, the counterpart of LineReader: standard output ("-") or a file, which is replaced. A name that ends
// in .gz is written as gzip. Everything that Heed prints on standard output goes through one of these.
//
// Error, naming the path, where something cannot be written (a full disk, a directory that is not there), at the latest
// by close(). ReaderGone where the reader of standard output has closed its end. Not thread safe.
class LineWriter {
 public:
  explicit LineWriter(const std::string& path);
  ~LineWriter();  // without close() the rest of the bytes is lost, and a gzip file reads as cut off
  LineWriter(const LineWriter&) = delete;
  LineWriter& operator=(const LineWriter&) = delete;

  void write_line(std::string_view line);  // and its LF
  void write(std::string_view text);       // which ends its lines itself
  void flush();  // what was written is on its way to a reader; of gzip only what is compressed by now
  void close();

 private:
  class Gzip;

  void send(std::string_view bytes);
  [[noreturn]] void fail(int error) const;

  std::string path_;
  int descriptor_ = -1;
  std::unique_ptr<Gzip> gzip_;  // of a name ending in .gz
  std::string pending_;
};

// Writes text that ends its lines itself to standard output.
void print_text(std::string_view text);

}  // namespace heed

#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace heed {

// What to do with a line that is not UTF-8 (key data.invalid_utf8).
enum class Utf8Policy {
  kError,    // stop, naming file, line and byte
  kReplace,  // U+FFFD for every ill-formed subpart
  kSkip,     // the line reads as empty, so that line numbers stay parallel; skipped() tells
};

struct LineReaderOptions {
  Utf8Policy invalid_utf8 = Utf8Policy::kError;
  bool notices = true;           // say once per file that a byte order mark or carriage returns were removed
  bool pipes = true;             // false for what is read more than once: a FIFO is refused, before it is waited for
  size_t buffer_size = 1 << 16;  // bytes; the lines do not depend on it
};

// The lines of a text file, plain or gzip (told by its first two bytes), read in a stream.
//   - Only LF ends a line: U+2028, U+0085, VT and FF are ordinary text. The last line may lack its LF.
//   - One CR before the LF and a byte order mark at the start of the file are removed.
//   - Throws DataError: file cannot be read, damaged gzip data, NUL byte, invalid UTF-8 (as the policy says), a line
//     longer than kMaxLineBytes. Messages begin with `name:line:column`, columns in bytes from 1.
// One thread at a time.
class LineReader {
 public:
  static constexpr size_t kMaxLineBytes = size_t{64} << 20;

  // `path` "-" is standard input. A line is handed out as soon as its LF has arrived.
  explicit LineReader(const std::string& path, const LineReaderOptions& options = {});
  ~LineReader();
  LineReader(LineReader&&) noexcept;
  LineReader& operator=(LineReader&&) noexcept;

  // The next line, false after the last one.
  bool next(std::string& line);

  // Whether next() would return at once: a whole line has arrived, or the end. Throws as next() does.
  bool ready();

  const std::string& name() const { return name_; }
  int64_t line_number() const { return line_number_; }  // of the line last handed out, from 1
  bool skipped() const { return skipped_; }             // was that line emptied by Utf8Policy::kSkip?

 private:
  class Bytes;

  bool fill_now();
  void take(size_t count);
  bool read_raw(std::string& line);
  void check(std::string& line);
  void strip(std::string& line);
  [[noreturn]] void fail(size_t column, const std::string& what) const;

  std::string name_;
  LineReaderOptions options_;
  std::unique_ptr<Bytes> bytes_;
  std::vector<char> buffer_;
  std::string_view pending_;  // the part of buffer_ not handed out yet
  std::string begun_;         // of a line whose end has not arrived
  bool ended_ = false;        // there is nothing behind pending_
  int64_t line_number_ = 0;
  bool skipped_ = false;
  bool noticed_cr_ = false;
};

// All lines of the files, one file after another. For texts that fit into memory.
std::vector<std::string> read_lines(const std::vector<std::string>& paths, const LineReaderOptions& options = {});

}  // namespace heed

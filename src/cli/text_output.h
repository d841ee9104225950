#pragma once

#include <cstdio>
#include <string>
#include <string_view>

namespace heed {

// Where a command's answers go: standard output ("-") or a file, which is replaced. Whatever cannot be written (a full
// disk, a closed pipe) is an Error that names it, at the latest when close() or flush() is called. Not thread safe.
class TextOutput {
 public:
  explicit TextOutput(const std::string& path);
  ~TextOutput();  // closes what close() did not, without a promise about the bytes
  TextOutput(const TextOutput&) = delete;
  TextOutput& operator=(const TextOutput&) = delete;

  void write_line(std::string_view line);  // and its LF
  void flush();
  void close();

 private:
  [[noreturn]] void fail() const;

  std::string name_;
  std::FILE* file_;
};

// Writes lines, the last with its LF, to standard output.
void print_text(std::string_view lines);

}  // namespace heed

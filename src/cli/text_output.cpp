#include "cli/text_output.h"

#include <cerrno>
#include <cstring>
#include <utility>

#include "core/error.h"

namespace heed {

TextOutput::TextOutput(const std::string& path)
    : name_(path == "-" ? "standard output" : path), file_(path == "-" ? stdout : std::fopen(path.c_str(), "wb")) {
  if (file_ == nullptr) fail();
}

TextOutput::~TextOutput() {
  if (file_ != nullptr && file_ != stdout) std::fclose(file_);
}

void TextOutput::write_line(std::string_view line) {
  if (std::fwrite(line.data(), 1, line.size(), file_) != line.size() || std::fputc('\n', file_) == EOF) fail();
}

void TextOutput::flush() {
  if (std::fflush(file_) != 0) fail();
}

void TextOutput::close() {
  flush();
  std::FILE* file = std::exchange(file_, nullptr);
  if (std::fclose(file) != 0) fail();
}

void TextOutput::fail() const { throw Error(name_ + ": cannot be written: " + std::strerror(errno)); }

void print_text(std::string_view lines) {
  if (lines.ends_with('\n')) lines.remove_suffix(1);  // write_line brings its own
  TextOutput output("-");
  output.write_line(lines);
  output.close();
}

}  // namespace heed

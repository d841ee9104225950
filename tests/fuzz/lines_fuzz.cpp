// A text file, plain or gzip, behind two bytes: how much is read at a time and what becomes of ill-formed UTF-8.
#include <algorithm>

#include "core/line_reader.h"
#include "core/logging.h"
#include "core/utf8.h"
#include "fuzz/fuzz_input.h"

using namespace heed;

namespace {

// Which of several faults is met first may depend on how much is read at a time.
struct Reading {
  std::vector<std::string> lines;
  bool failed = false;

  bool operator==(const Reading&) const = default;
};

Reading read_all(const std::string& path, const LineReaderOptions& options) {
  Reading reading;
  try {
    reading.lines = read_lines({path}, options);
  } catch (const Error&) {
    reading.failed = true;
  }
  return reading;
}

bool is_gzip(std::string_view text) { return text.starts_with("\x1F\x8B"); }

size_t count_lines(std::string_view text) {
  const auto ends = std::count(text.begin(), text.end(), '\n');
  return static_cast<size_t>(ends) + (text.empty() || text.back() == '\n' ? 0 : 1);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  if (size < 2) return 0;
  set_quiet(true);
  const std::string text = fuzz::text_of(data + 2, size - 2);
  const fuzz::MemoryFile file(text);
  LineReaderOptions options;
  options.notices = false;
  options.invalid_utf8 = static_cast<Utf8Policy>(data[1] % 3);
  const Reading whole = read_all(file.path(), options);
  options.buffer_size = data[0];
  fuzz::require(read_all(file.path(), options) == whole, "lines do not depend on how much is read at a time");
  if (whole.failed) return 0;
  if (!is_gzip(text)) fuzz::require(whole.lines.size() == count_lines(text), "as many lines as line feeds");
  for (const std::string& line : whole.lines) fuzz::require(!find_invalid_utf8(line), "lines are UTF-8");
  return 0;
}

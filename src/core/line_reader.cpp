#include "core/line_reader.h"

#include <zlib.h>

#include <algorithm>
#include <cstring>
#include <filesystem>
#include <optional>

#include "core/error.h"
#include "core/input_file.h"
#include "core/logging.h"
#include "core/utf8.h"

namespace heed {
namespace {

constexpr std::string_view kByteOrderMark = "\xEF\xBB\xBF";
constexpr unsigned char kGzipMagic[2] = {0x1F, 0x8B};
constexpr int kGzipWindow = 15 + 16;  // inflateInit2: the largest window, gzip header and trailer required

std::string with_name(const std::string& path) { return path == "-" ? "<stdin>" : path; }

}  // namespace

// The file's bytes, decompressed where it starts with gzip's magic number.
class LineReader::Bytes {
 public:
  Bytes(const std::string& path, size_t buffer_size)
      : name_(with_name(path)), file_(path, name_), input_(std::max(buffer_size, sizeof(kGzipMagic)), '\0') {}
  ~Bytes() {
    if (form_ == Form::kGzip) inflateEnd(&stream_);
  }
  Bytes(const Bytes&) = delete;
  Bytes& operator=(const Bytes&) = delete;

  // What is there without waiting: at least one byte, 0 at the end, nothing where none has arrived yet.
  std::optional<size_t> read_now(char* data, size_t capacity) {
    if (form_ == Form::kUnknown && !recognise()) return std::nullopt;
    return form_ == Form::kGzip ? read_gzip(data, capacity) : read_plain(data, capacity);
  }

  void wait() const { file_.wait(); }

 private:
  enum class Form { kUnknown, kPlain, kGzip };
  enum class Input { kThere, kNotYet, kEnded };

  // Appends to what is in the input already.
  void refill_behind() {
    const size_t count = file_.read(input_.data() + available_, input_.size() - available_);
    at_end_ = count == 0;
    available_ += count;
  }

  // A single byte may decide: the blank line that a person types first is all there is for now.
  bool undecided() const {
    return available_ == 0 || (available_ == 1 && static_cast<unsigned char>(input_[0]) == kGzipMagic[0]);
  }

  // False where too little has arrived to tell.
  bool recognise() {
    while (undecided() && !at_end_) {
      if (!file_.ready()) return false;
      refill_behind();
    }
    const bool gzip =
        available_ >= sizeof(kGzipMagic) && std::memcmp(input_.data(), kGzipMagic, sizeof(kGzipMagic)) == 0;
    if (gzip && inflateInit2(&stream_, kGzipWindow) != Z_OK) throw DataError(name_ + ": zlib cannot be initialised");
    form_ = gzip ? Form::kGzip : Form::kPlain;
    const bool named_gzip = name_.size() > 3 && name_.compare(name_.size() - 3, 3, ".gz") == 0;
    if (named_gzip && !gzip && available_ > 0)
      throw DataError(name_ + " is not gzip data although its name ends in .gz");
    return true;
  }

  Input input() {
    if (available_ > 0) return Input::kThere;
    if (at_end_) return Input::kEnded;
    if (!file_.ready()) return Input::kNotYet;
    begin_ = 0;
    refill_behind();
    return at_end_ ? Input::kEnded : Input::kThere;
  }

  std::optional<size_t> read_plain(char* data, size_t capacity) {
    const Input found = input();
    if (found == Input::kNotYet) return std::nullopt;
    const size_t count = std::min(capacity, available_);
    std::memcpy(data, input_.data() + begin_, count);
    begin_ += count;
    available_ -= count;
    return count;
  }

  std::optional<size_t> read_gzip(char* data, size_t capacity) {
    while (true) {
      const Input found = input();
      if (found == Input::kNotYet) return std::nullopt;
      if (found == Input::kEnded) {
        if (!member_ended_) throw DataError(name_ + ": truncated gzip data (the file ends too early)");
        return 0;
      }
      if (member_ended_ && skip_padding()) continue;
      if (member_ended_) {  // another member follows: files joined with cat are gzip files too
        inflateReset(&stream_);
        member_ended_ = false;
      }
      const size_t count = inflate_some(data, capacity);
      if (count > 0) return count;
    }
  }

  // Zeros behind the last member, which tapes and block devices add and gzip passes over. Nothing may follow them.
  bool skip_padding() {
    if (input_[begin_] != '\0' && !padded_) return false;
    padded_ = true;
    const auto is_zero = [](char byte) { return byte == '\0'; };
    if (!std::all_of(input_.data() + begin_, input_.data() + begin_ + available_, is_zero))
      throw DataError(name_ + ": damaged gzip data (other bytes behind zeros at its end)");
    available_ = 0;
    return true;
  }

  size_t inflate_some(char* data, size_t capacity) {
    stream_.next_in = reinterpret_cast<Bytef*>(input_.data() + begin_);
    stream_.avail_in = static_cast<uInt>(available_);
    stream_.next_out = reinterpret_cast<Bytef*>(data);
    stream_.avail_out = static_cast<uInt>(capacity);
    const int result = inflate(&stream_, Z_NO_FLUSH);
    if (result != Z_OK && result != Z_STREAM_END && result != Z_BUF_ERROR) {
      throw DataError(name_ + ": damaged gzip data (" + (stream_.msg ? stream_.msg : "zlib error") + ")");
    }
    begin_ += available_ - stream_.avail_in;
    available_ = stream_.avail_in;
    member_ended_ = result == Z_STREAM_END;
    return capacity - stream_.avail_out;
  }

  std::string name_;
  InputFile file_;
  std::string input_;
  size_t begin_ = 0, available_ = 0;  // the part of input_ not consumed yet
  bool at_end_ = false;
  Form form_ = Form::kUnknown;
  bool member_ended_ = false;
  bool padded_ = false;
  z_stream stream_{};
};

LineReader::LineReader(const std::string& path, const LineReaderOptions& options)
    : name_(with_name(path)), options_(options) {
  std::error_code none;
  if (!options.pipes && std::filesystem::is_fifo(path, none))
    throw DataError(name_ + ": is a pipe, but it is read more than once: expected a file");
  bytes_ = std::make_unique<Bytes>(path, options.buffer_size);
  buffer_.resize(options.buffer_size < 1 ? 1 : options.buffer_size);
}

LineReader::~LineReader() = default;
LineReader::LineReader(LineReader&&) noexcept = default;
LineReader& LineReader::operator=(LineReader&&) noexcept = default;

bool LineReader::next(std::string& line) {
  if (!read_raw(line)) return false;
  ++line_number_;
  check(line);
  strip(line);
  return true;
}

bool LineReader::ready() {
  while (!ended_ && pending_.find('\n') == std::string_view::npos)
    if (!fill_now()) return false;
  return true;
}

bool LineReader::fill_now() {
  take(pending_.size());
  const std::optional<size_t> count = bytes_->read_now(buffer_.data(), buffer_.size());
  pending_ = std::string_view(buffer_.data(), count.value_or(0));
  ended_ = count == 0u;
  return count.has_value();
}

// Moves the first `count` bytes that are pending to the line that has begun.
void LineReader::take(size_t count) {
  if (begun_.size() + count > kMaxLineBytes)
    throw DataError(name_ + ":" + std::to_string(line_number_ + 1) + ": line longer than 64 MiB; is this a text file?");
  begun_.append(pending_, 0, count);
  pending_.remove_prefix(count);
}

bool LineReader::read_raw(std::string& line) {
  while (!ready()) bytes_->wait();
  const size_t end = pending_.find('\n');
  const bool whole = end != std::string_view::npos;
  take(whole ? end : pending_.size());
  if (whole) pending_.remove_prefix(1);
  line.clear();
  line.swap(begun_);
  return whole || !line.empty();
}

void LineReader::check(std::string& line) {
  skipped_ = false;
  if (const size_t nul = line.find('\0'); nul != std::string::npos) {
    fail(nul + 1, "NUL byte; expected UTF-8 text (is this a binary or a UTF-16 file?)");
  }
  const std::optional<size_t> invalid = find_invalid_utf8(line);
  if (!invalid) return;
  switch (options_.invalid_utf8) {
    case Utf8Policy::kError: {
      constexpr char kDigits[] = "0123456789ABCDEF";
      const auto byte = static_cast<unsigned char>(line[*invalid]);
      fail(*invalid + 1,
           std::string("invalid UTF-8 byte 0x") + kDigits[byte >> 4] + kDigits[byte & 15] +
               "; fix the file (where a model or its config is given, data.invalid_utf8: replace reads on)");
    }
    case Utf8Policy::kReplace:
      line = replace_invalid_utf8(line);
      return;
    case Utf8Policy::kSkip:
      line.clear();
      skipped_ = true;
      return;
  }
}

void LineReader::strip(std::string& line) {
  if (line_number_ == 1 && line.compare(0, kByteOrderMark.size(), kByteOrderMark) == 0) {
    line.erase(0, kByteOrderMark.size());
    if (options_.notices) log_info(name_ + ": byte order mark at the start removed");
  }
  if (line.empty() || line.back() != '\r') return;
  line.pop_back();
  if (options_.notices && !noticed_cr_) log_info(name_ + ": carriage returns at line ends removed");
  noticed_cr_ = true;
}

void LineReader::fail(size_t column, const std::string& what) const {
  throw DataError(name_ + ":" + std::to_string(line_number_) + ":" + std::to_string(column) + ": " + what);
}

std::vector<std::string> read_lines(const std::vector<std::string>& paths, const LineReaderOptions& options) {
  std::vector<std::string> lines;
  for (const std::string& path : paths) {
    LineReader reader(path, options);
    for (std::string line; reader.next(line);) lines.push_back(line);
  }
  return lines;
}

}  // namespace heed

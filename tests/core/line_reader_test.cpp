#include "core/line_reader.h"

#include <fcntl.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>
#include <zlib.h>

#include <filesystem>
#include <fstream>
#include <thread>

#include "core/error.h"
#include "core/logging.h"
#include "core/random.h"

namespace heed {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

class LineReaderTest : public testing::Test {
 protected:
  void SetUp() override {
    directory_ = testing::TempDir() + "line_reader_" + testing::UnitTest::GetInstance()->current_test_info()->name();
    std::filesystem::remove_all(directory_);
    std::filesystem::create_directories(directory_);
    sink_ = add_log_sink([this](LogLevel, const std::string& line) { notices_.push_back(line); });
  }
  void TearDown() override {
    remove_log_sink(sink_);
    std::filesystem::remove_all(directory_);
  }

  std::string path(const std::string& name) const { return directory_ + "/" + name; }

  std::string write(const std::string& bytes, const std::string& name = "text") const {
    std::ofstream(path(name), std::ios::binary) << bytes;
    return path(name);
  }

  std::string write_gzip(const std::string& text, const std::string& name = "text.gz") const {
    const gzFile file = gzopen(path(name).c_str(), "wb");
    gzwrite(file, text.data(), static_cast<unsigned>(text.size()));
    gzclose(file);
    return path(name);
  }

  static std::string bytes_of(const std::string& file) {
    std::ifstream stream(file, std::ios::binary);
    return {std::istreambuf_iterator<char>(stream), {}};
  }

  static std::vector<std::string> lines_of(const std::string& file, const LineReaderOptions& options = {}) {
    LineReader reader(file, options);
    std::vector<std::string> lines;
    for (std::string line; reader.next(line);) lines.push_back(line);
    return lines;
  }

  static std::string error_of(const std::string& file) {
    try {
      lines_of(file);
    } catch (const DataError& error) {
      return error.what();
    }
    return "no error";
  }

  std::string directory_;
  std::vector<std::string> notices_;
  int sink_ = 0;
};

TEST_F(LineReaderTest, OnlyLineFeedEndsALine) {
  EXPECT_THAT(lines_of(write("a\u2028b\u0085c\vd\fe\rf\n\ng")), ElementsAre("a\u2028b\u0085c\vd\fe\rf", "", "g"));
}

TEST_F(LineReaderTest, TheLastLineMayLackItsLineFeed) {
  EXPECT_THAT(lines_of(write("a\nb")), ElementsAre("a", "b"));
  EXPECT_THAT(lines_of(write("a\nb\n")), ElementsAre("a", "b"));
  EXPECT_THAT(lines_of(write("\n")), ElementsAre(""));
  EXPECT_TRUE(lines_of(write("")).empty());
}

TEST_F(LineReaderTest, ByteOrderMarkAndCarriageReturnsGoWithOneNoticeEach) {
  EXPECT_THAT(lines_of(write("\uFEFFa\r\nb\r\n\uFEFFc\r\r\nd\r")), ElementsAre("a", "b", "\uFEFFc\r", "d"));
  EXPECT_THAT(notices_, ElementsAre(HasSubstr("byte order mark"), HasSubstr("carriage returns")));
}

TEST_F(LineReaderTest, InvalidUtf8NamesLineAndByte) {
  const std::string file = write("ok\nna\xC3ve\n", "train.de");
  EXPECT_EQ(error_of(file), file +
                                ":2:3: invalid UTF-8 byte 0xC3; fix the file (where a model or its config is given, "
                                "data.invalid_utf8: replace "
                                "reads on)");
}

TEST_F(LineReaderTest, InvalidUtf8CanBeReplacedOrSkipped) {
  const std::string file = write("ok\nna\xC3ve\nfine\n");
  EXPECT_THAT(lines_of(file, {.invalid_utf8 = Utf8Policy::kReplace}), ElementsAre("ok", "na\uFFFDve", "fine"));

  LineReader reader(file, {.invalid_utf8 = Utf8Policy::kSkip});
  std::vector<bool> skipped;
  for (std::string line; reader.next(line);) skipped.push_back(reader.skipped());
  EXPECT_THAT(skipped, ElementsAre(false, true, false));
}

TEST_F(LineReaderTest, NulIsAnErrorUnderEveryPolicy) {
  const std::string file = write(std::string("a\nb\0c\n", 6));
  EXPECT_THAT(error_of(file), HasSubstr(file + ":2:2: NUL byte"));
  EXPECT_THROW(lines_of(file, {.invalid_utf8 = Utf8Policy::kReplace}), DataError);
}

TEST_F(LineReaderTest, GzipIsReadWhateverItsNameAndWhenConcatenated) {
  EXPECT_THAT(lines_of(write_gzip("a\nb\n")), ElementsAre("a", "b"));
  EXPECT_THAT(lines_of(write_gzip("a\nb\n", "no_suffix")), ElementsAre("a", "b"));
  const std::string twice = bytes_of(write_gzip("a\nb", "one.gz")) + bytes_of(write_gzip("c\n", "two.gz"));
  EXPECT_THAT(lines_of(write(twice, "both.gz")), ElementsAre("a", "bc"));
  EXPECT_THAT(error_of(write("plain\n", "plain.gz")), HasSubstr("plain.gz is not gzip data"));
}

// As gzip does with what tapes and block devices add.
TEST_F(LineReaderTest, ZerosBehindGzipDataArePadding) {
  const std::string whole = bytes_of(write_gzip("a\nb\n"));
  for (const size_t zeros : {1, 512, 300'000})
    EXPECT_THAT(lines_of(write(whole + std::string(zeros, '\0'), "padded.gz")), ElementsAre("a", "b")) << zeros;
  for (const size_t zeros : {1, 512, 300'000})
    EXPECT_THAT(error_of(write(whole + std::string(zeros, '\0') + whole, "more.gz")), HasSubstr("damaged gzip"))
        << zeros;
}

TEST_F(LineReaderTest, EveryTruncationOfAGzipFileIsNoticed) {
  std::string text;
  for (int i = 0; i < 500; ++i) text += "line " + std::to_string(i * i) + "\n";
  const std::string whole = bytes_of(write_gzip(text));
  for (size_t size = 1; size < whole.size(); ++size) {
    ASSERT_NE(error_of(write(whole.substr(0, size), "cut.gz")), "no error") << size;
  }
}

TEST_F(LineReaderTest, NoBitFlipInAGzipBodyChangesTheTextUnnoticed) {
  constexpr size_t kHeader = 10;  // RFC 1952: times, flags and names there are not checksummed
  const std::string whole = bytes_of(write_gzip("one line\nand another, and another, and another\n"));
  const std::vector<std::string> lines = lines_of(write(whole, "whole.gz"));
  int noticed = 0;
  for (size_t bit = 8 * kHeader; bit < 8 * whole.size(); ++bit) {
    std::string damaged = whole;
    damaged[bit / 8] = static_cast<char>(damaged[bit / 8] ^ (1 << (bit % 8)));
    const std::string file = write(damaged, "flip.gz");
    if (error_of(file) != "no error") {
      ++noticed;
    } else {
      ASSERT_EQ(lines_of(file), lines) << "bit " << bit;  // the padding behind the last block means nothing
    }
  }
  EXPECT_GE(noticed + 7, static_cast<int>(8 * (whole.size() - kHeader)));
}

TEST_F(LineReaderTest, LinesDoNotDependOnTheBufferSize) {
  RandomStream random(random_key(2, Purpose::kToy));
  const std::vector<std::string> atoms = {"a", "\n", "\r\n", "\r", "\u2028", "\uFEFF", "\U0001F600", "word ", "\n\n"};
  for (int trial = 0; trial < 30; ++trial) {
    std::string text;
    for (int i = 0; i < 60; ++i) text += atoms[random.below(atoms.size())];
    const std::string plain = write(text), gzip = write_gzip(text);
    const std::vector<std::string> expected = lines_of(plain, {.notices = false});
    for (size_t size : {1, 2, 3, 5, 7, 64, 100000}) {
      ASSERT_EQ(lines_of(plain, {.notices = false, .buffer_size = size}), expected) << size;
      ASSERT_EQ(lines_of(gzip, {.notices = false, .buffer_size = size}), expected) << size;
    }
  }
}

TEST_F(LineReaderTest, MissingFileAndDirectoryAreOneLineErrors) {
  EXPECT_EQ(error_of(path("missing")), path("missing") + ": cannot be opened: No such file or directory");
  EXPECT_EQ(error_of(directory_), directory_ + " is a directory, expected a text file");
}

TEST_F(LineReaderTest, APipeAnswersLineByLine) {
  ASSERT_EQ(mkfifo(path("pipe").c_str(), 0600), 0);
  std::thread writer([&] {
    std::ofstream pipe(path("pipe"));
    pipe << "first\n" << std::flush;
    pipe << "second" << std::flush;
  });
  EXPECT_THAT(lines_of(path("pipe")), ElementsAre("first", "second"));
  writer.join();
}

// A pipe that stays open: what `write` sends is there for the reader once it returns.
class OpenPipe {
 public:
  explicit OpenPipe(const std::string& path) {
    mkfifo(path.c_str(), 0600);
    descriptor_ = open(path.c_str(), O_RDWR);  // of both ends: opening waits for nobody
  }
  ~OpenPipe() { close(descriptor_); }
  OpenPipe(const OpenPipe&) = delete;
  OpenPipe& operator=(const OpenPipe&) = delete;
  void write(std::string_view bytes) const {
    ASSERT_EQ(::write(descriptor_, bytes.data(), bytes.size()), static_cast<ssize_t>(bytes.size()));
  }

 private:
  int descriptor_;
};

TEST_F(LineReaderTest, IsReadyOnceAWholeLineHasArrivedAndNeverWaitsToTell) {
  const OpenPipe pipe(path("pipe"));
  for (const size_t buffer_size : {1, 2, 1 << 16}) {
    LineReader reader(path("pipe"), {.buffer_size = buffer_size});
    std::string line;
    EXPECT_FALSE(reader.ready());
    pipe.write("half");
    EXPECT_FALSE(reader.ready());
    pipe.write(" a line\nanother\nha");
    EXPECT_TRUE(reader.ready());
    ASSERT_TRUE(reader.next(line));
    EXPECT_EQ(line, "half a line");
    EXPECT_TRUE(reader.ready());
    ASSERT_TRUE(reader.next(line));
    EXPECT_EQ(line, "another");
    EXPECT_FALSE(reader.ready());
    EXPECT_FALSE(reader.ready());
    pipe.write("lf\n");
    ASSERT_TRUE(reader.next(line));
    EXPECT_EQ(line, "half");
    EXPECT_FALSE(reader.ready());
  }
}

// Gzip data begins with two bytes; one that is not the first of them is enough to know better.
TEST_F(LineReaderTest, ABlankFirstLineIsReadyAtOnceAndTheFirstByteOfGzipIsNot) {
  const OpenPipe pipe(path("pipe"));
  std::string line = "x";
  LineReader reader(path("pipe"));
  pipe.write("\n");
  EXPECT_TRUE(reader.ready());
  ASSERT_TRUE(reader.next(line));
  EXPECT_EQ(line, "");

  const std::string gzip = bytes_of(write_gzip("first\nsecond\n"));
  LineReader compressed(path("pipe"));
  pipe.write(gzip.substr(0, 1));
  EXPECT_FALSE(compressed.ready());
  pipe.write(gzip.substr(1, 9));  // the header
  EXPECT_FALSE(compressed.ready());
  pipe.write(gzip.substr(10));
  EXPECT_TRUE(compressed.ready());
  ASSERT_TRUE(compressed.next(line));
  EXPECT_EQ(line, "first");
}

TEST_F(LineReaderTest, IsReadyAtTheEndAndThroughoutAFile) {
  LineReader reader(write("one\ntwo\nthree"), {.buffer_size = 2});
  int lines = 0;
  for (std::string line; reader.ready() && reader.next(line);) ++lines;
  EXPECT_EQ(lines, 3);
  EXPECT_TRUE(reader.ready());
  LineReader empty(write(""));
  EXPECT_TRUE(empty.ready());
}

TEST_F(LineReaderTest, ABinaryFileWithoutLineFeedsDoesNotFillTheMemory) {
  const std::string file = write(std::string(LineReader::kMaxLineBytes + 1, 'x'));
  EXPECT_THAT(error_of(file), HasSubstr(":1: line longer than 64 MiB"));
}

}  // namespace
}  // namespace heed

#include "core/line_writer.h"

#include <fcntl.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <poll.h>
#include <sched.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <csignal>
#include <cstdio>
#include <functional>
#include <thread>

#include "core/error.h"
#include "core/line_reader.h"
#include "core/random.h"
#include "support/scratch_directory.h"

namespace heed {
namespace {

using testing::AllOf;
using testing::EndsWith;
using testing::HasSubstr;
using testing::StartsWith;

std::string error_of(const std::function<void()>& work) {
  try {
    work();
  } catch (const Error& error) {
    return error.what();
  }
  return "no error";
}

// Lines of 0 to 40 letters; about `bytes` of them, so that buffers run over or not.
std::vector<std::string> random_lines(size_t bytes, uint64_t seed) {
  RandomStream random(random_key(seed, Purpose::kToy));
  std::vector<std::string> lines;
  for (size_t written = 0; written < bytes; written += lines.back().size() + 1) {
    std::string line;
    for (uint64_t i = 0, count = random.below(40); i < count; ++i) line += static_cast<char>('a' + random.below(26));
    lines.push_back(line);
  }
  return lines;
}

void write_lines(const std::string& path, const std::vector<std::string>& lines, size_t flush_every = 0) {
  LineWriter writer(path);
  for (size_t i = 0; i < lines.size(); ++i) {
    writer.write_line(lines[i]);
    if (flush_every > 0 && i % flush_every == 0) writer.flush();
  }
  writer.close();
}

std::string output_of(const std::string& command) {
  std::FILE* const pipe = popen(command.c_str(), "r");
  std::string output;
  std::array<char, 4096> piece;
  while (const size_t count = std::fread(piece.data(), 1, piece.size(), pipe)) output.append(piece.data(), count);
  EXPECT_EQ(pclose(pipe), 0) << command;
  return output;
}

class LineWriterTest : public testing::Test {
 protected:
  std::string path(const std::string& name) const { return directory_ / name; }

  ScratchDirectory directory_;
};

TEST_F(LineWriterTest, ReplacesAFileByItsLines) {
  put(path("text"), "a longer text than the new one\n");
  write_lines(path("text"), {"eins", "", "größer"});
  EXPECT_EQ(contents(path("text")), "eins\n\ngrößer\n");
}

TEST_F(LineWriterTest, WhatItWritesLineReaderReads) {
  for (const size_t bytes : {0, 1, 1000, 300'000})
    for (const std::string name : {"text", "text.gz"})
      for (const size_t flush_every : {0, 1, 100}) {
        const std::vector<std::string> lines = random_lines(bytes, bytes + flush_every);
        write_lines(path(name), lines, flush_every);
        ASSERT_EQ(read_lines({path(name)}), lines) << name << " " << bytes << " " << flush_every;
      }
}

TEST_F(LineWriterTest, ANameEndingInGzIsGzipForOtherProgramsToo) {
  const std::vector<std::string> lines = random_lines(300'000, 1);
  write_lines(path("text"), lines);
  write_lines(path("text.gz"), lines);
  EXPECT_LT(contents(path("text.gz")).size(), contents(path("text")).size());
  EXPECT_EQ(output_of("gzip -t " + path("text.gz") + " && gzip -dc " + path("text.gz")), contents(path("text")));
}

TEST_F(LineWriterTest, TheSameLinesAreTheSameGzipBytes) {
  const std::vector<std::string> lines = random_lines(1000, 2);
  write_lines(path("one.gz"), lines);
  write_lines(path("two.gz"), lines);
  EXPECT_EQ(contents(path("one.gz")), contents(path("two.gz")));
}

TEST_F(LineWriterTest, AFlushIsThereForAReaderOfAPipe) {
  ASSERT_EQ(mkfifo(path("pipe").c_str(), 0600), 0);
  const int reader = open(path("pipe").c_str(), O_RDWR | O_NONBLOCK);
  const auto arrived = [&] {
    std::array<char, 100> bytes;
    const ssize_t count = read(reader, bytes.data(), bytes.size());
    return std::string(bytes.data(), count > 0 ? static_cast<size_t>(count) : 0);
  };
  LineWriter writer(path("pipe"));
  writer.write_line("now");
  EXPECT_EQ(arrived(), "");
  writer.flush();
  EXPECT_EQ(arrived(), "now\n");
  close(reader);
}

TEST_F(LineWriterTest, AFullDiskIsAnErrorWithTheNameAtTheLatestOnClose) {
  std::filesystem::create_symlink("/dev/full", path("full.gz"));
  for (const std::string& file : {std::string("/dev/full"), path("full.gz")})
    EXPECT_EQ(error_of([&] { write_lines(file, {"a"}); }), file + ": cannot be written: No space left on device");
}

TEST_F(LineWriterTest, AnOutputThatCannotBeMadeSaysWhere) {
  EXPECT_THAT(
      error_of([] { LineWriter("no_such_directory/x"); }),
      AllOf(StartsWith("no_such_directory/x: cannot create: No such file or directory (relative to /"), EndsWith(")")));
  EXPECT_EQ(error_of([&] { LineWriter(directory_.path().string()); }),
            directory_.path().string() + ": cannot be written: Is a directory");
}

// Standard output replaced while it lives.
class Stdout {
 public:
  explicit Stdout(int descriptor) : before_(dup(STDOUT_FILENO)) { dup2(descriptor, STDOUT_FILENO); }
  ~Stdout() {
    dup2(before_, STDOUT_FILENO);
    close(before_);
  }
  Stdout(const Stdout&) = delete;
  Stdout& operator=(const Stdout&) = delete;

 private:
  int before_;
};

class LineWriterToAPipe : public LineWriterTest {
 protected:
  void SetUp() override { before_ = std::signal(SIGPIPE, SIG_IGN); }
  void TearDown() override { std::signal(SIGPIPE, before_); }

 private:
  void (*before_)(int) = nullptr;
};

TEST_F(LineWriterToAPipe, OfStandardOutputTellsThatItsReaderIsGone) {
  std::array<int, 2> ends{};
  ASSERT_EQ(pipe(ends.data()), 0);
  close(ends[0]);
  const Stdout replaced(ends[1]);
  close(ends[1]);
  EXPECT_THROW(write_lines("-", {"a"}), ReaderGone);
}

TEST_F(LineWriterToAPipe, OfStandardOutputKeepsItsNumber) {
  std::array<int, 2> ends{};
  ASSERT_EQ(pipe(ends.data()), 0);
  {
    const Stdout replaced(ends[1]);
    write_lines("-", {"a"});
    write_lines("-", {"b"});
  }
  close(ends[1]);
  std::array<char, 16> text{};
  EXPECT_EQ(read(ends[0], text.data(), text.size()), 4);
  EXPECT_STREQ(text.data(), "a\nb\n");
  close(ends[0]);
}

TEST_F(LineWriterToAPipe, OfAFileNameReportsItsGoneReaderAsAnyOtherFailure) {
  ASSERT_EQ(mkfifo(path("pipe").c_str(), 0600), 0);
  const int reader = open(path("pipe").c_str(), O_RDONLY | O_NONBLOCK);
  LineWriter writer(path("pipe"));
  close(reader);
  writer.write_line("a");
  try {
    writer.close();
    FAIL() << "no error";
  } catch (const ReaderGone&) {
    FAIL() << "a file's reader is not standard output's";
  } catch (const Error& error) {
    EXPECT_EQ(error.what(), path("pipe") + ": cannot be written: Broken pipe");
  }
}

TEST(LineWriter, AFileThatIsNotClosedDoesNotComeIntoBeing) {
  ScratchDirectory scratch;
  for (const std::string before : {"", "before"}) {
    const std::filesystem::path path = scratch / "file.gz";
    if (!before.empty()) put(path, before);
    {
      LineWriter writer(path);
      for (const std::string& line : random_lines(200'000, 1)) writer.write_line(line);
      EXPECT_EQ(contents(path), before);
    }
    EXPECT_EQ(contents(path), before);
    EXPECT_EQ(names_in(scratch.path()).size(), before.empty() ? 0u : 1u);
  }
}

// A new file is its writer's, who must not lend his name to whoever made the old one.
TEST(LineWriter, WhatIsReplacedDoesNotRunAsItsWriter) {
  ScratchDirectory scratch;
  put(scratch / "file", "before");
  ASSERT_EQ(chmod((scratch / "file").c_str(), 06755), 0);
  write_lines(scratch / "file", {"after"});
  struct stat status {};
  ASSERT_EQ(stat((scratch / "file").c_str(), &status), 0);
  EXPECT_EQ(status.st_mode & 07777, 0755u);
}

// By whatever path it is reached: /dev/shm and /proc/self/cwd lead to files like any others.
TEST(LineWriter, AFileUnderProcIsWholeOrNotThereToo) {
  ScratchDirectory scratch;
  put(scratch / "file", "before");
  { LineWriter("/proc/self/root" + (scratch / "file").string()).write_line("half"); }
  EXPECT_EQ(contents(scratch / "file"), "before");
  write_lines("/proc/self/root" + (scratch / "file").string(), {"after"});
  EXPECT_EQ(contents(scratch / "file"), "after\n");
}

TEST(LineWriter, NoNameIsRefusedAtOnce) { EXPECT_THROW(LineWriter(""), ConfigError); }

TEST(LineWriter, WhatIsReplacedKeepsItsModeAndItsLink) {
  ScratchDirectory scratch;
  put(scratch / "real/file", "before");
  chmod((scratch / "real/file").c_str(), 0640);
  std::filesystem::create_symlink("real/file", scratch / "link");
  write_lines(scratch / "link", {"after"});
  struct stat status {};
  ASSERT_EQ(stat((scratch / "real/file").c_str(), &status), 0);
  EXPECT_EQ(status.st_mode & 07777, 0640u);
  EXPECT_EQ(contents(scratch / "real/file"), "after\n");
  EXPECT_TRUE(std::filesystem::is_symlink(scratch / "link"));
}

TEST(LineWriter, ALinkToWhatIsNotThereYetStaysALink) {
  ScratchDirectory scratch;
  std::filesystem::create_directory(scratch / "real");
  std::filesystem::create_symlink("real/file", scratch / "second");
  std::filesystem::create_symlink("second", scratch / "first");
  write_lines(scratch / "first", {"text"});
  EXPECT_EQ(contents(scratch / "real/file"), "text\n");
  EXPECT_TRUE(std::filesystem::is_symlink(scratch / "first") && std::filesystem::is_symlink(scratch / "second"));
}

TEST(LineWriter, ADirectorysNameIsNoFiles) {
  ScratchDirectory scratch;
  EXPECT_THROW(LineWriter((scratch / "new").string() + "/"), ConfigError);
  EXPECT_EQ(names_in(scratch.path()).size(), 0u);
}

TEST(LineWriter, ANameMayBeAsLongAsTheFileSystemHasIt) {
  ScratchDirectory scratch;
  for (const std::string& name : {std::string(244, 'a'), std::string(245, 'a'), std::string(255, 'a')}) {
    write_lines(scratch / name, {name});
    EXPECT_EQ(contents(scratch / name), name + "\n");
  }
  EXPECT_EQ(names_in(scratch.path()).size(), 3u);
  EXPECT_THROW(write_lines(scratch / std::string(256, 'a'), {""}), Error);
}

// A container is given single files so, and a rename cannot replace them.
TEST(LineWriter, AFileMountedByItselfIsWrittenInPlace) {
  ScratchDirectory scratch;
  put(scratch / "outside", "before\n");
  put(scratch / "inside", "");
  constexpr int kNoMounts = 77;
  int status = 0;
  const pid_t child = fork();
  if (child == 0) {
    if (unshare(CLONE_NEWNS) != 0 || mount(nullptr, "/", nullptr, MS_REC | MS_PRIVATE, nullptr) != 0 ||
        mount((scratch / "outside").c_str(), (scratch / "inside").c_str(), nullptr, MS_BIND, nullptr) != 0)
      _exit(kNoMounts);
    write_lines(scratch / "inside", {"after"});
    _exit(0);
  }
  waitpid(child, &status, 0);
  if (WEXITSTATUS(status) == kNoMounts) GTEST_SKIP() << "nothing can be mounted here";
  EXPECT_EQ(WEXITSTATUS(status), 0);
  EXPECT_EQ(contents(scratch / "outside"), "after\n");
}

// A terminal that another program has set not to wait, for one.
TEST_F(LineWriterToAPipe, WaitsForAReaderThoughItsDescriptorDoesNot) {
  std::array<int, 2> ends{};
  ASSERT_EQ(pipe2(ends.data(), O_NONBLOCK), 0);
  const std::vector<std::string> lines = random_lines(300'000, 3);  // more than a pipe holds
  std::thread writing([&] {
    const Stdout replaced(ends[1]);
    close(ends[1]);
    write_lines("-", lines);
  });
  std::string read_back;
  std::array<char, 4096> piece;
  for (pollfd asked{ends[0], POLLIN, 0}; poll(&asked, 1, -1) > 0;) {
    const ssize_t count = read(ends[0], piece.data(), piece.size());
    if (count <= 0) break;
    read_back.append(piece.data(), static_cast<size_t>(count));
  }
  writing.join();
  close(ends[0]);
  std::string expected;
  for (const std::string& line : lines) expected += line + "\n";
  EXPECT_TRUE(read_back == expected);
}

}  // namespace
}  // namespace heed

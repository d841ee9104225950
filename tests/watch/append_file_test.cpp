#include "watch/append_file.h"

#include <gtest/gtest.h>
#include <sys/resource.h>

#include <csignal>
#include <string>
#include <vector>

#include "core/error.h"
#include "core/logging.h"
#include "support/scratch_directory.h"

namespace heed {
namespace {

// The lines logged while it lives.
struct Logged {
  int sink = add_log_sink([this](LogLevel, const std::string& line) { lines.push_back(line); });
  std::vector<std::string> lines;
  Logged() {
    set_log_writer([](const std::string&) {});
  }
  ~Logged() {
    remove_log_sink(sink);
    set_log_writer([](const std::string& text) { std::fwrite(text.data(), 1, text.size(), stderr); });
  }
};

// Files of this process may not grow beyond `bytes`: a write that crosses the limit is cut short, the next one fails.
struct FileSizeLimit {
  rlimit before{};
  void (*handler)(int);
  explicit FileSizeLimit(rlim_t bytes) : handler(std::signal(SIGXFSZ, SIG_IGN)) {
    getrlimit(RLIMIT_FSIZE, &before);
    const rlimit limit{bytes, before.rlim_max};
    setrlimit(RLIMIT_FSIZE, &limit);
  }
  ~FileSizeLimit() {
    setrlimit(RLIMIT_FSIZE, &before);
    std::signal(SIGXFSZ, handler);
  }
};

TEST(AppendFile, KeepsWholeLinesAndCutsTheUnfinishedOne) {
  const ScratchDirectory scratch;
  const std::string long_line(10000, 'x');
  const std::vector<std::pair<std::string, std::string>> cases = {{"", ""},
                                                                  {"a\nb\n", "a\nb\n"},
                                                                  {"a\nb\nc", "a\nb\n"},
                                                                  {"half", ""},
                                                                  {"a\n" + long_line, "a\n"},
                                                                  {long_line + "\n" + long_line, long_line + "\n"},
                                                                  {long_line, ""},
                                                                  {long_line + "\n", long_line + "\n"}};
  for (const auto& [before, kept] : cases) {
    put(scratch / "log", before);
    AppendFile(scratch / "log").append("new\n");
    EXPECT_EQ(contents(scratch / "log"), kept + "new\n");
  }
}

TEST(AppendFile, IsReadableUpToTheLastAppendWhileItIsOpen) {
  const ScratchDirectory scratch;
  AppendFile file(scratch / "log");
  for (const std::string expected : {"1\n", "1\n1\n", "1\n1\n1\n"}) {
    file.append("1\n");
    EXPECT_EQ(contents(scratch / "log"), expected);
  }
}

TEST(AppendFile, AFullDiskLeavesWholeLinesAndOneWarningAndLaterLinesAreWrittenAgain) {
  const ScratchDirectory scratch;
  const Logged logged;
  AppendFile file(scratch / "log");
  file.append("first\n");
  {
    const FileSizeLimit limit(10);
    for (int i = 0; i < 3; ++i) {
      file.append("does not fit\n");
      file.warn_of_failure();
    }
    file.append("ok\n");
  }
  file.append("last\n");
  EXPECT_EQ(contents(scratch / "log"), "first\nok\nlast\n");
  ASSERT_EQ(logged.lines.size(), 1u);
  EXPECT_EQ(logged.lines[0], "warning: " + (scratch / "log").string() +
                                 ": cannot write: File too large; training goes on, lines are missing there");
}

TEST(AppendFile, AFileThatCannotBeOpenedIsAnError) {
  const ScratchDirectory scratch;
  EXPECT_THROW(AppendFile(scratch / "missing" / "log"), Error);
}

}  // namespace
}  // namespace heed

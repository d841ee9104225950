// A program, or a person, that writes a line and waits for the answer before it writes the next.
#include <gtest/gtest.h>
#include <poll.h>
#include <pty.h>

#include <array>
#include <optional>

#include "support/toy_run.h"

namespace heed {
namespace {

using testing::Ended;
using testing::ToyRun;
using Words = std::vector<std::string>;

enum class Input { kPipe, kTerminal };

// The program with an input that stays open until `finish`, and its answers in a pipe.
class Dialogue {
 public:
  Dialogue(const Words& command, Input input) {
    std::array<int, 2> in{}, out{};
    if (pipe(out.data()) != 0) return;
    const int opened = input == Input::kPipe ? pipe(in.data()) : openpty(&in[1], &in[0], nullptr, nullptr, nullptr);
    if (opened != 0) return;
    std::vector<char*> arguments;
    for (const std::string& word : command) arguments.push_back(const_cast<char*>(word.c_str()));
    arguments.push_back(nullptr);
    id_ = fork();
    if (id_ == 0) {
      dup2(in[0], STDIN_FILENO);
      dup2(out[1], STDOUT_FILENO);
      for (const int end : {in[0], in[1], out[0], out[1]}) close(end);
      execv(arguments[0], arguments.data());
      _exit(127);
    }
    close(in[0]);
    close(out[1]);
    to_ = in[1];
    from_ = out[0];
  }
  ~Dialogue() {
    close(to_);
    close(from_);
    kill(id_, SIGKILL);
    waitpid(id_, nullptr, 0);
  }
  Dialogue(const Dialogue&) = delete;
  Dialogue& operator=(const Dialogue&) = delete;

  void write(const std::string& text) const {
    ASSERT_EQ(::write(to_, text.data(), text.size()), static_cast<ssize_t>(text.size()));
  }

  // The next line of the answer; nothing where none has come within the time.
  std::optional<std::string> answer(int seconds = 60) {
    for (size_t end; (end = read_.find('\n')) == std::string::npos;) {
      pollfd asked{from_, POLLIN, 0};
      if (poll(&asked, 1, 1000 * seconds) <= 0) return std::nullopt;
      std::array<char, 4096> bytes{};
      const ssize_t count = read(from_, bytes.data(), bytes.size());
      if (count <= 0) return std::nullopt;
      read_.append(bytes.data(), static_cast<size_t>(count));
    }
    const size_t end = read_.find('\n');
    const std::string line = read_.substr(0, end);
    read_.erase(0, end + 1);
    return line;
  }

 private:
  pid_t id_ = -1;
  int to_ = -1, from_ = -1;
  std::string read_;
};

class TranslatePipe : public ::testing::Test {
 protected:
  static void SetUpTestSuite() {
    toy = new ToyRun;
    ASSERT_EQ(toy->train({"--quiet"}).exit_code, 0);
  }
  static void TearDownTestSuite() { delete toy; }

  static Words translate() { return toy->command({"translate", toy->directory(), "--quiet"}); }
  static std::string translated(const std::string& line) {
    const Ended ended = toy->heed({"translate", toy->directory(), "--quiet"}, line + "\n");
    return ended.out.substr(0, ended.out.find('\n'));
  }

  static ToyRun* toy;
};

ToyRun* TranslatePipe::toy = nullptr;

TEST_F(TranslatePipe, ALineIsAnsweredWhileThePipeStaysOpen) {
  Dialogue dialogue(translate(), Input::kPipe);
  for (const std::string line : {"a b c", "", "d e"}) {
    dialogue.write(line + "\n");
    EXPECT_EQ(dialogue.answer(), translated(line));
  }
  dialogue.write("a\nb\nc\n");
  for (const std::string line : {"a", "b", "c"}) EXPECT_EQ(dialogue.answer(), translated(line));
}

TEST_F(TranslatePipe, HalfALineKeepsNoOtherWaitingAndIsAnsweredOnceItIsWhole) {
  Dialogue dialogue(translate(), Input::kPipe);
  dialogue.write("a b c\nd");
  EXPECT_EQ(dialogue.answer(), translated("a b c"));
  EXPECT_EQ(dialogue.answer(/*seconds=*/1), std::nullopt);
  dialogue.write(" e\n");
  EXPECT_EQ(dialogue.answer(), translated("d e"));
}

TEST_F(TranslatePipe, ABlankFirstLineAtATerminalIsAnsweredAtOnce) {
  Dialogue dialogue(translate(), Input::kTerminal);
  dialogue.write("\n");
  EXPECT_EQ(dialogue.answer(), "");
  dialogue.write("a b\n");
  EXPECT_EQ(dialogue.answer(), translated("a b"));
}

TEST_F(TranslatePipe, ScoresAreGivenLineByLineToo) {
  put(toy->scratch() / "targets", "c b a\ne d\n");
  Dialogue dialogue(
      toy->command({"score", toy->directory(), "--source", "-", "--target", toy->scratch() / "targets", "--quiet"}),
      Input::kPipe);
  for (const char* line : {"a b c\n", "d e\n"}) {
    dialogue.write(line);
    const auto score = dialogue.answer();
    ASSERT_TRUE(score.has_value());
    EXPECT_LT(std::stod(*score), 0);
  }
}

// Output that nobody gets is not success.
TEST_F(TranslatePipe, AClosedStandardOutputIsAnError) {
  put(toy->scratch() / "text", "a b\n");
  Words words = {"/bin/bash", "-c", "exec \"$@\" >&-", "bash"};
  for (const std::string& word : translate()) words.push_back(word);
  words.insert(words.end(), {"-i", toy->scratch() / "text"});
  const Ended ended = testing::run(words, toy->scratch());
  EXPECT_EQ(ended.exit_code, 1);
  EXPECT_EQ(ended.err, "heed: error: standard output: cannot be written: Bad file descriptor\n");
}

TEST_F(TranslatePipe, AReaderWhoLeavesTakesAlignmentsAlongAndSoIsAnErrorThen) {
  const std::string file = toy->scratch() / "links";
  for (const Words& besides : {Words{}, Words{"--alignments", file}}) {
    Words words = translate();
    words.insert(words.end(), besides.begin(), besides.end());
    const Ended ended = testing::Process(words, toy->scratch(), "a b\n", STDOUT_FILENO).wait();
    EXPECT_EQ(ended.exit_code, besides.empty() ? 0 : 1);
    EXPECT_EQ(ended.err, besides.empty()
                             ? ""
                             : "heed: error: standard output: its reader has closed the pipe before the end: " + file +
                                   " was not written\n");
    EXPECT_FALSE(std::filesystem::exists(file));
  }
}

TEST_F(TranslatePipe, AWorkingDirectoryThatIsGoneIsSaidSo) {
  Words words = {"/bin/bash", "-c", "mkdir \"$0\" && cd \"$0\" && rmdir \"$0\" && exec \"$@\"",
                 toy->scratch() / "gone"};
  for (const std::string& word : translate()) words.push_back(word);
  const Ended ended = testing::run(words, toy->scratch(), "a b\n");
  EXPECT_EQ(ended.exit_code, 1);
  EXPECT_EQ(ended.err, "heed: error: the working directory has been removed: cd to one that is there\n");
}

}  // namespace
}  // namespace heed

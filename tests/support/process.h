#pragma once

#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <chrono>
#include <csignal>
#include <string>
#include <thread>
#include <vector>

#include "support/scratch_directory.h"

namespace heed::testing {

// What a program left behind when it ended.
struct Ended {
  int exit_code = -1;  // negative: killed by that signal
  std::string out, err;
};

// A program running with its output in files of `scratch`; killed when it is still running at the end. The stream
// `unread` (STDOUT_FILENO, STDERR_FILENO) goes instead into a pipe whose reader has closed its end.
class Process {
 public:
  Process(const std::vector<std::string>& command, const ScratchDirectory& scratch, const std::string& input = "",
          int unread = -1)
      : out_(scratch / "process.out"), err_(scratch / "process.err") {
    put(scratch / "process.in", input);
    put(out_, "");  // nothing of an earlier process
    put(err_, "");
    std::vector<char*> arguments;
    for (const std::string& word : command) arguments.push_back(const_cast<char*>(word.c_str()));
    arguments.push_back(nullptr);
    const std::string in = scratch / "process.in";
    id_ = fork();
    if (id_ == 0) {
      redirect(in, O_RDONLY, STDIN_FILENO);
      redirect(out_, O_WRONLY | O_CREAT | O_TRUNC, STDOUT_FILENO);
      redirect(err_, O_WRONLY | O_CREAT | O_TRUNC, STDERR_FILENO);
      if (unread >= 0) redirect_to_nobody(unread);
      execv(arguments[0], arguments.data());
      _exit(127);
    }
  }
  ~Process() {
    if (id_ > 0) {
      signal(SIGKILL);
      wait();
    }
  }
  Process(const Process&) = delete;
  Process& operator=(const Process&) = delete;

  void signal(int number) const { kill(id_, number); }

  Ended wait() {
    int status = 0;
    waitpid(id_, &status, 0);
    id_ = -1;
    return {WIFEXITED(status) ? WEXITSTATUS(status) : -WTERMSIG(status), contents(out_), contents(err_)};
  }

  // False if it has ended without being stopped.
  bool wait_for_stop() {
    siginfo_t state{};
    return waitid(P_PID, static_cast<id_t>(id_), &state, WSTOPPED | WEXITED | WNOWAIT) == 0 &&
           state.si_code == CLD_STOPPED;
  }

  // False if `text` has not appeared on its standard error within a minute, or it has ended without.
  bool wait_for(const std::string& text) {
    for (int tries = 0; tries < 6000; ++tries) {
      if (contents(err_).find(text) != std::string::npos) return true;
      if (waitid(P_PID, static_cast<id_t>(id_), &ended_, WEXITED | WNOHANG | WNOWAIT) == 0 && ended_.si_pid == id_)
        return contents(err_).find(text) != std::string::npos;
      std::this_thread::sleep_for(std::chrono::milliseconds(10));
    }
    return false;
  }

 private:
  static void redirect(const std::string& file, int flags, int descriptor) {
    const int opened = open(file.c_str(), flags, 0600);
    if (opened < 0 || dup2(opened, descriptor) < 0) _exit(126);
  }

  static void redirect_to_nobody(int descriptor) {
    int ends[2] = {-1, -1};
    if (pipe(ends) != 0 || dup2(ends[1], descriptor) < 0) _exit(126);
    close(ends[0]);
    close(ends[1]);
  }

  std::filesystem::path out_, err_;
  pid_t id_ = -1;
  siginfo_t ended_{};
};

inline Ended run(const std::vector<std::string>& command, const ScratchDirectory& scratch,
                 const std::string& input = "") {
  return Process(command, scratch, input).wait();
}

}  // namespace heed::testing

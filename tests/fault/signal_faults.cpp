// Preloaded into heed (LD_PRELOAD), the controls of the signal tests: each makes a fault that they must see.
//   SIGNAL_FAULT=handler          a handler of SIGWINCH, as a library may install one
//   SIGNAL_FAULT=thread           a thread that was there before any signal was blocked
//   SIGNAL_FAULT=storm            a harmless handler of SIGURG, raised at the main thread every 200 microseconds: what
//   any
//                                 handled signal does to code that keeps data below or in place of its stack pointer
#include <pthread.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <csignal>
#include <cstdlib>
#include <ctime>
#include <string_view>

namespace {

const pid_t kProcess = getpid();
const pid_t kMainThread = static_cast<pid_t>(syscall(SYS_gettid));

void ignore_it(int) {}

void handle(int signal) {
  struct sigaction action {};
  action.sa_handler = ignore_it;
  action.sa_flags = SA_RESTART;
  sigaction(signal, &action, nullptr);
}

void* wait_for_ever(void*) {
  while (true) pause();
}

void* raise_for_ever(void*) {
  sigset_t all;
  sigfillset(&all);
  pthread_sigmask(SIG_BLOCK, &all, nullptr);
  while (true) {
    const timespec pause = {0, 200'000};
    nanosleep(&pause, nullptr);
    syscall(SYS_tgkill, kProcess, kMainThread, SIGURG);
  }
}

void start(void* (*body)(void*)) {
  pthread_t thread;
  if (pthread_create(&thread, nullptr, body, nullptr) != 0) abort();
  pthread_detach(thread);
}

__attribute__((constructor)) void make_the_fault() {
  const char* const asked = getenv("SIGNAL_FAULT");
  const std::string_view fault = asked ? asked : "";
  if (fault == "handler") handle(SIGWINCH);
  if (fault == "thread") start(wait_for_ever);
  if (fault == "storm") handle(SIGURG), start(raise_for_ever);
}

}  // namespace

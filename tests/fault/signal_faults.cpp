// Preloaded into heed (LD_PRELOAD), the controls of the signal tests: each makes a fault that they must see.
//   SIGNAL_FAULT=handler          a handler of SIGWINCH, as a library may install one
//   SIGNAL_FAULT=thread           a thread that was there before any signal was blocked
#include <pthread.h>
#include <unistd.h>

#include <csignal>
#include <cstdlib>
#include <string_view>

namespace {

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
}

}  // namespace

#pragma once

#include <atomic>
#include <csignal>
#include <functional>
#include <thread>

#include "core/error.h"

namespace heed {

// Being asked to end: SIGINT (Ctrl-C), SIGTERM, SIGHUP. No handler runs in the middle of anything: the signals are
// blocked in every thread and a thread of its own waits for them (sigwait), so that it may lock, log and allocate.
// Those that the process was started to ignore (nohup, a shell's background) stay ignored.

// Thrown by what gives up because of that. Exit code 128 + the signal's number, as a shell reports such an end.
class Interrupted : public Error {
 public:
  Interrupted();
  int signal() const { return signal_; }

 private:
  int signal_;
};

int interruption();           // the signal that asked first; 0: none did
void throw_if_interrupted();  // Interrupted

// Listens while it lives. One at a time, made before any other thread: threads inherit the blocked signals. The first
// signal sets interruption() and calls `on_first`, in the listening thread; another one ends the process at once.
class SignalListener {
 public:
  explicit SignalListener(std::function<void()> on_first);
  ~SignalListener();  // forgets the interruption, too
  SignalListener(const SignalListener&) = delete;
  SignalListener& operator=(const SignalListener&) = delete;

 private:
  void listen();

  std::function<void()> on_first_;
  const sigset_t signals_;
  std::atomic<bool> ending_{false};
  std::thread thread_;  // last: it uses the others
};

}  // namespace heed

#include "core/interruption.h"

#include <pthread.h>
#include <unistd.h>

#include <atomic>
#include <csignal>
#include <utility>

namespace heed {
namespace {

constexpr int kWakeUp = SIGUSR2;  // sent by ~SignalListener to its own thread; from elsewhere it means nothing

std::atomic<int> first_signal{0};

// A blocked signal arrives even where it is ignored.
bool is_ignored(int number) {
  struct sigaction action {};
  return sigaction(number, nullptr, &action) == 0 && action.sa_handler == SIG_IGN;
}

sigset_t signals_of_an_end() {
  sigset_t signals;
  sigemptyset(&signals);
  for (const int number : {SIGINT, SIGTERM, SIGHUP, kWakeUp})
    if (!is_ignored(number)) sigaddset(&signals, number);
  return signals;
}

}  // namespace

Interrupted::Interrupted() : Error("interrupted"), signal_(interruption()) {}

int interruption() { return first_signal.load(); }

void throw_if_interrupted() {
  if (interruption() != 0) throw Interrupted();
}

SignalListener::SignalListener(std::function<void()> on_first)
    : on_first_(std::move(on_first)), signals_(signals_of_an_end()) {
  pthread_sigmask(SIG_BLOCK, &signals_, nullptr);
  thread_ = std::thread([this] { listen(); });
}

SignalListener::~SignalListener() {
  ending_ = true;
  pthread_kill(thread_.native_handle(), kWakeUp);
  thread_.join();
  first_signal = 0;
}

void SignalListener::listen() {
  for (int number = 0; sigwait(&signals_, &number) == 0 && !ending_;) {
    if (number == kWakeUp) continue;
    if (int none = 0; !first_signal.compare_exchange_strong(none, number)) _exit(128 + number);
    on_first_();
  }
}

}  // namespace heed

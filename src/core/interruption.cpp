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

sigset_t signals_of_an_end() {
  sigset_t signals;
  sigemptyset(&signals);
  for (const int number : {SIGINT, SIGTERM, SIGHUP, kWakeUp}) sigaddset(&signals, number);
  return signals;
}

}  // namespace

Interrupted::Interrupted() : Error("interrupted"), signal_(interruption()) {}

int interruption() { return first_signal.load(); }

void throw_if_interrupted() {
  if (interruption() != 0) throw Interrupted();
}

SignalListener::SignalListener(std::function<void()> on_first) : on_first_(std::move(on_first)) {
  const sigset_t signals = signals_of_an_end();
  pthread_sigmask(SIG_BLOCK, &signals, nullptr);
  thread_ = std::thread([this] { listen(); });
}

SignalListener::~SignalListener() {
  ending_ = true;
  pthread_kill(thread_.native_handle(), kWakeUp);
  thread_.join();
  first_signal = 0;
}

void SignalListener::listen() {
  const sigset_t signals = signals_of_an_end();
  for (int number = 0; sigwait(&signals, &number) == 0 && !ending_;) {
    if (number == kWakeUp) continue;
    if (int none = 0; !first_signal.compare_exchange_strong(none, number)) _exit(128 + number);
    on_first_();
  }
}

}  // namespace heed

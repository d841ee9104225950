#include "core/interruption.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include <chrono>
#include <csignal>
#include <fstream>
#include <future>
#include <thread>

#include "core/work.h"

namespace heed {
namespace {

// The signals that a thread of this process blocks, as the system tells: bit n - 1 for signal n.
uint64_t blocked_signals(const std::string& thread) {
  std::ifstream status("/proc/self/task/" + thread + "/status");
  for (std::string line; std::getline(status, line);)
    if (line.starts_with("SigBlk:")) return std::stoull(line.substr(7), nullptr, 16);
  return 0;
}

uint64_t blocked_here() { return blocked_signals(std::to_string(gettid())); }

bool blocks(uint64_t mask, int signal) { return (mask >> (signal - 1) & 1) != 0; }

TEST(SignalListener, NoThreadIsEverStoppedInTheMiddleOfSomething) {
  std::promise<void> heard;
  const SignalListener listener([&] { heard.set_value(); });
  std::promise<uint64_t> of_later_thread;
  std::thread later([&] { of_later_thread.set_value(blocked_here()); });
  const uint64_t masks[] = {blocked_here(), of_later_thread.get_future().get()};
  later.join();
  for (const uint64_t mask : masks)
    for (const int signal : {SIGINT, SIGTERM, SIGHUP}) EXPECT_TRUE(blocks(mask, signal)) << signal;
}

TEST(SignalListener, TheFirstSignalInterruptsWorkAndIsAnswered) {
  std::promise<std::thread::id> answered;
  const SignalListener listener([&] { answered.set_value(std::this_thread::get_id()); });
  EXPECT_EQ(interruption(), 0);
  Work work("counting");
  work.advance();
  kill(getpid(), SIGTERM);
  EXPECT_NE(answered.get_future().get(), std::this_thread::get_id());
  EXPECT_EQ(interruption(), SIGTERM);
  try {
    work.advance();
    FAIL() << "expected the work to end";
  } catch (const Interrupted& error) {
    EXPECT_EQ(error.signal(), SIGTERM);
  }
}

TEST(SignalListener, AWakeUpFromElsewhereDoesNotMakeItDeaf) {
  std::promise<void> heard;
  const SignalListener listener([&] { heard.set_value(); });
  kill(getpid(), SIGUSR2);
  kill(getpid(), SIGTERM);
  EXPECT_EQ(heard.get_future().wait_for(std::chrono::seconds(60)), std::future_status::ready);
}

TEST(SignalListener, ForgetsTheInterruptionWithItsEnd) {
  {
    std::promise<void> heard;
    const SignalListener listener([&] { heard.set_value(); });
    kill(getpid(), SIGHUP);
    heard.get_future().wait();
  }
  EXPECT_EQ(interruption(), 0);
  EXPECT_NO_THROW(throw_if_interrupted());
}

TEST(SignalListenerDeathTest, WhatTheProcessWasStartedToIgnoreIsIgnored) {
  EXPECT_EXIT(
      {
        std::signal(SIGHUP, SIG_IGN);  // as nohup does
        const SignalListener listener([] {});
        kill(getpid(), SIGHUP);
        kill(getpid(), SIGTERM);
        while (interruption() == 0) std::this_thread::yield();
        _exit(interruption());
      },
      ::testing::ExitedWithCode(SIGTERM), "");
}

TEST(SignalListenerDeathTest, TheSecondSignalEndsTheProcess) {
  EXPECT_EXIT(
      {
        const SignalListener listener([] {});
        kill(getpid(), SIGINT);
        while (interruption() == 0) std::this_thread::yield();
        kill(getpid(), SIGINT);
        sleep(60);
      },
      ::testing::ExitedWithCode(128 + SIGINT), "");
}

}  // namespace
}  // namespace heed

#include "core/thread_team.h"

#include <gtest/gtest.h>

#include <atomic>
#include <chrono>
#include <stdexcept>
#include <thread>
#include <vector>

namespace heed {
namespace {

class ThreadTeam : public ::testing::TestWithParam<int64_t> {
 protected:
  ThreadTeam() { set_num_threads(GetParam()); }
  ~ThreadTeam() override { set_num_threads(1); }
};

TEST_P(ThreadTeam, DoesEveryItemOnce) {
  EXPECT_EQ(num_threads(), GetParam());
  for (const int64_t items : {0, 1, 2, 7, 64, 1000})
    for (const int64_t grain : {1, 3, 2000}) {
      std::vector<std::atomic<int>> done(static_cast<size_t>(items));
      parallel_for(items, grain, [&](int64_t begin, int64_t end) {
        EXPECT_TRUE(end - begin >= grain || end == items) << begin << " " << end;
        for (int64_t i = begin; i < end; ++i) ++done[static_cast<size_t>(i)];
      });
      for (const auto& times : done) EXPECT_EQ(times, 1);
    }
}

// What one writes is there for the caller, and for whoever computes next.
TEST_P(ThreadTeam, IsDoneWhenItSaysSo) {
  std::vector<int64_t> values(64, 0);
  for (int64_t call = 1; call <= 20'000; ++call) {
    parallel_for(64, 1, [&](int64_t begin, int64_t end) {
      for (int64_t i = begin; i < end; ++i) values[static_cast<size_t>(63 - i)] += i;
    });
    if (call % 1000 != 0) continue;
    for (int64_t i = 0; i < 64; ++i) ASSERT_EQ(values[static_cast<size_t>(63 - i)], i * call);
  }
}

TEST_P(ThreadTeam, WakesThoseThatSleep) {
  for (int call = 0; call < 20; ++call) {
    std::this_thread::sleep_for(std::chrono::milliseconds(2));
    std::atomic<int> waiting{0};
    // No thread can do two of these, so all must come.
    parallel_for(GetParam(), 1, [&](int64_t, int64_t) {
      ++waiting;
      while (waiting < GetParam()) std::this_thread::yield();
    });
    EXPECT_EQ(waiting, GetParam());
  }
}

TEST_P(ThreadTeam, ComputesWhatIsAskedForWithinOnTheSpot) {
  std::atomic<int> inner{0};
  parallel_for(8, 1, [&](int64_t, int64_t) {
    const auto here = std::this_thread::get_id();
    parallel_for(8, 1, [&](int64_t begin, int64_t end) {
      EXPECT_TRUE(num_threads() == 1 || std::this_thread::get_id() == here);
      inner += static_cast<int>(end - begin);
    });
  });
  EXPECT_GE(inner, 8);
  EXPECT_EQ(inner % 8, 0);
}

TEST_P(ThreadTeam, ServesSeveralCallers) {
  std::vector<std::jthread> callers;
  std::atomic<int64_t> total{0};
  for (int caller = 0; caller < 3; ++caller)
    callers.emplace_back([&] {
      for (int call = 0; call < 2000; ++call)
        parallel_for(10, 1, [&](int64_t begin, int64_t end) { total += end - begin; });
    });
  callers.clear();
  EXPECT_EQ(total, 3 * 2000 * 10);
}

TEST_P(ThreadTeam, PassesOnWhatIsThrown) {
  const auto fail = [](int64_t begin, int64_t) {
    if (begin == 0) throw std::runtime_error("of the first range");
  };
  for (int call = 0; call < 100; ++call) EXPECT_THROW(parallel_for(16, 1, fail), std::runtime_error);
  std::atomic<int64_t> total{0};
  parallel_for(16, 1, [&](int64_t begin, int64_t end) { total += end - begin; });
  EXPECT_EQ(total, 16);
}

INSTANTIATE_TEST_SUITE_P(Sizes, ThreadTeam, ::testing::Values(1, 2, 3, 8),
                         [](const auto& row) { return std::to_string(row.param); });

}  // namespace
}  // namespace heed

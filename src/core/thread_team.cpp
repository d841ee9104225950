#include "core/thread_team.h"

#include <algorithm>
#include <atomic>
#include <exception>
#include <memory>
#include <mutex>
#include <optional>
#include <thread>
#include <utility>
#include <vector>

namespace heed {
namespace {

thread_local bool in_body = false;

// Waits while waiting() holds: first on the core, for tens of microseconds, then asleep until `word` changes from what
// it was.
template <class Word, class Waiting>
void wait_while(std::atomic<Word>& word, Waiting waiting) {
  constexpr int kSpins = 2000;
  for (int spin = 0; spin < kSpins; ++spin) {
    if (!waiting(word.load())) return;
#if defined(__x86_64__)
    __builtin_ia32_pause();
#endif
  }
  for (Word now = word.load(); waiting(now); now = word.load()) word.wait(now);
}

// A thread calls run() at a time.
class ThreadTeam {
 public:
  explicit ThreadTeam(int64_t size) : size_(size) {
    try {
      for (int64_t i = 1; i < size; ++i) threads_.emplace_back([this] { serve(); });
    } catch (...) {
      end();
      throw;
    }
  }
  ~ThreadTeam() { end(); }
  ThreadTeam(const ThreadTeam&) = delete;
  ThreadTeam& operator=(const ThreadTeam&) = delete;

  int64_t size() const { return size_; }

  void run(int64_t items, int64_t range, RangeBody body) {
    const auto count = static_cast<uint32_t>((items + range - 1) / range);
    body_.emplace(body);
    items_ = items;
    range_ = range;
    unfinished_.store(count);
    ranges_.store((++job_ << 32) | count);
    calls_.fetch_add(1);
    calls_.notify_all();
    work();
    wait_while(unfinished_, [](uint32_t unfinished) { return unfinished > 0; });
    if (error_) std::rethrow_exception(std::exchange(error_, nullptr));
  }

 private:
  void end() {
    ended_ = true;
    calls_.fetch_add(1);
    calls_.notify_all();
    for (std::thread& thread : threads_) thread.join();
  }

  void serve() {
    for (uint32_t known = 0; !ended_; known = calls_.load()) {
      work();
      wait_while(calls_, [&](uint32_t calls) { return calls == known; });
    }
  }

  // Does ranges until none is left. A range is taken from the job that it belongs to, and none can begin before all of
  // the last one's are done: who has one reads what belongs to it.
  void work() {
    in_body = true;
    for (uint64_t ranges = ranges_.load(); (ranges & kCount) > 0;)
      if (ranges_.compare_exchange_weak(ranges, ranges - 1)) {
        do_range(static_cast<int64_t>(ranges & kCount) - 1);
        ranges = ranges_.load();
      }
    in_body = false;
  }

  void do_range(int64_t index) {
    try {
      (*body_)(index * range_, std::min(items_, (index + 1) * range_));
    } catch (...) {
      const std::lock_guard lock(error_mutex_);
      error_ = std::current_exception();
    }
    if (unfinished_.fetch_sub(1) == 1) unfinished_.notify_all();
  }

  static constexpr uint64_t kCount = 0xFFFFFFFF;

  const int64_t size_;
  // The job. Written by its caller while nobody has a range of it.
  std::optional<RangeBody> body_;
  int64_t items_ = 0, range_ = 1;
  uint64_t job_ = 0;

  alignas(64) std::atomic<uint64_t> ranges_{0};  // the job's number, and in the lower half how many nobody has taken
  alignas(64) std::atomic<uint32_t> unfinished_{0};
  alignas(64) std::atomic<uint32_t> calls_{0};
  std::atomic<bool> ended_{false};
  std::mutex error_mutex_;
  std::exception_ptr error_;
  std::vector<std::thread> threads_;  // the last one: they use the others
};

// Never destroyed: threads may compute until the process ends.
std::unique_ptr<ThreadTeam>& team() {
  static auto& one = *new std::unique_ptr<ThreadTeam>;
  return one;
}

std::mutex& in_use() {
  static auto& one = *new std::mutex;
  return one;
}

}  // namespace

void set_num_threads(int64_t count) {
  if (count == num_threads()) return;
  team().reset();
  if (count > 1) team() = std::make_unique<ThreadTeam>(count);
}

int64_t num_threads() { return team() ? team()->size() : 1; }

void parallel_for(int64_t items, int64_t grain, RangeBody body) {
  constexpr int64_t kRangesPerThread = 4;  // small enough that nobody waits long for who is late
  if (items <= 0) return;
  const int64_t ranges = num_threads() * kRangesPerThread, range = std::max(grain, (items + ranges - 1) / ranges);
  if (range >= items || num_threads() == 1 || in_body) return body(0, items);
  std::unique_lock lock(in_use(), std::try_to_lock);
  if (!lock) return body(0, items);
  team()->run(items, range, body);
}

}  // namespace heed

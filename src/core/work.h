#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <string>

namespace heed {

// Work that takes a while says what it does and how far it is: "validating 312/1,960 lines". Whoever shows that (a
// terminal's last line, a log) is told by an observer; work itself knows nobody. Thread safe.

struct WorkReport {
  std::string what;  // "validating"
  std::string unit;  // of the counts: "lines"
  int64_t done = 0;
  int64_t total = 0;   // 0: not known
  double seconds = 0;  // since it began
};

// One piece of work, from construction to destruction. Work may consist of other work; the innermost is shown.
class Work {
 public:
  explicit Work(std::string what, std::string unit = "", int64_t total = 0);
  ~Work();
  Work(const Work&) = delete;
  Work& operator=(const Work&) = delete;

  // Throws Interrupted (core/interruption.h) where this process was asked to end, so that work unwinds soon.
  void advance(int64_t count = 1);

  WorkReport report() const;

 private:
  std::string what_, unit_;
  int64_t total_;
  std::chrono::steady_clock::time_point start_ = std::chrono::steady_clock::now();
  int64_t done_ = 0;  // under the lock of all work
};

enum class WorkEvent { kBegin, kAdvance, kEnd };

// Gets every event, with the work it concerns as it then stands, in the thread that works. At most one; an empty
// function ends it, and once that call returns the old one is not called any more.
using WorkObserver = std::function<void(WorkEvent, const WorkReport&)>;
void set_work_observer(WorkObserver observer);

}  // namespace heed

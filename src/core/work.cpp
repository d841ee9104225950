#include "core/work.h"

#include <mutex>
#include <utility>

#include "core/interruption.h"

namespace heed {
namespace {

struct Observation {
  std::recursive_mutex mutex;  // an observer may log, and what is logged may be work's
  WorkObserver observer;
};

Observation& observation() {
  static Observation instance;
  return instance;
}

}  // namespace

Work::Work(std::string what, std::string unit, int64_t total)
    : what_(std::move(what)), unit_(std::move(unit)), total_(total) {
  const std::lock_guard lock(observation().mutex);
  if (observation().observer) observation().observer(WorkEvent::kBegin, report());
}

Work::~Work() {
  const std::lock_guard lock(observation().mutex);
  if (observation().observer) observation().observer(WorkEvent::kEnd, report());
}

void Work::advance(int64_t count) {
  throw_if_interrupted();
  const std::lock_guard lock(observation().mutex);
  done_ += count;
  if (observation().observer) observation().observer(WorkEvent::kAdvance, report());
}

WorkReport Work::report() const {
  const std::lock_guard lock(observation().mutex);
  const std::chrono::duration<double> seconds = std::chrono::steady_clock::now() - start_;
  return {what_, unit_, done_, total_, seconds.count()};
}

void set_work_observer(WorkObserver observer) {
  const std::lock_guard lock(observation().mutex);
  observation().observer = std::move(observer);
}

}  // namespace heed

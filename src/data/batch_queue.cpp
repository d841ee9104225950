#include "data/batch_queue.h"

#include <utility>

namespace heed {

BatchQueue::BatchQueue(int64_t first, int64_t end, size_t ahead, Make make)
    : first_(first), end_(end), ahead_(ahead), make_(std::move(make)) {
  thread_ = std::jthread([this](const std::stop_token& stop) { run(stop); });
}

BatchQueue::~BatchQueue() = default;

void BatchQueue::run(const std::stop_token& stop) {
  std::exception_ptr error;
  try {
    for (int64_t number = first_; number < end_ && !stop.stop_requested(); ++number)
      if (!put(make_(number), stop)) return;
  } catch (...) {
    error = std::current_exception();
  }
  const std::lock_guard lock(mutex_);
  error_ = error;
  finished_ = true;
  changed_.notify_all();
}

bool BatchQueue::put(Batch batch, const std::stop_token& stop) {
  std::unique_lock lock(mutex_);
  if (!changed_.wait(lock, stop, [&] { return ready_.size() < ahead_; })) return false;
  ready_.push_back(std::move(batch));
  changed_.notify_all();
  return true;
}

bool BatchQueue::next(Batch& batch) {
  std::unique_lock lock(mutex_);
  changed_.wait(lock, [&] { return !ready_.empty() || finished_; });
  if (!ready_.empty()) {
    batch = std::move(ready_.front());
    ready_.pop_front();
    changed_.notify_all();
    return true;
  }
  if (error_) std::rethrow_exception(error_);
  return false;
}

}  // namespace heed

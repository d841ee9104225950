#pragma once

#include <condition_variable>
#include <cstdint>
#include <deque>
#include <exception>
#include <functional>
#include <mutex>
#include <stop_token>
#include <thread>

#include "tensor/batch.h"

namespace heed {

// Makes batches ahead in a thread of its own, so that training does not wait for subword noise or the disk. Batches
// come out in the order of their numbers; what is in them is up to `make`, so nothing depends on how far ahead the
// thread is. Two parties: the thread inside and one consumer.
class BatchQueue {
 public:
  using Make = std::function<Batch(int64_t number)>;

  // Batches first, first + 1, ..., end - 1, at most `ahead` (> 0) of them waiting. `make` runs in the queue's thread.
  BatchQueue(int64_t first, int64_t end, size_t ahead, Make make);
  ~BatchQueue();  // waits for the batch in the making, drops the rest
  BatchQueue(const BatchQueue&) = delete;
  BatchQueue& operator=(const BatchQueue&) = delete;

  // The next batch; false after the last one. An exception of `make` comes out here, in place of its batch.
  bool next(Batch& batch);

 private:
  void run(const std::stop_token& stop);
  bool put(Batch batch, const std::stop_token& stop);  // when there is room; false if stopped before

  const int64_t first_, end_;
  const size_t ahead_;
  const Make make_;
  std::mutex mutex_;
  std::condition_variable_any changed_;
  std::deque<Batch> ready_;
  std::exception_ptr error_;
  bool finished_ = false;
  std::jthread thread_;  // last: it uses the others
};

}  // namespace heed

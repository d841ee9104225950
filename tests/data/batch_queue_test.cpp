#include "data/batch_queue.h"

#include <gtest/gtest.h>

#include <atomic>
#include <chrono>
#include <filesystem>
#include <stdexcept>

namespace heed {
namespace {

using std::chrono::milliseconds;

Batch numbered(int64_t number) {
  Batch batch;
  batch.sentence_ids = {number};
  return batch;
}

std::vector<int64_t> drain(BatchQueue& queue, milliseconds pause = milliseconds(0)) {
  std::vector<int64_t> numbers;
  for (Batch batch; queue.next(batch);) {
    numbers.push_back(batch.sentence_ids.at(0));
    std::this_thread::sleep_for(pause);
  }
  return numbers;
}

std::ptrdiff_t running_threads() {
  return std::distance(std::filesystem::directory_iterator("/proc/self/task"), std::filesystem::directory_iterator());
}

TEST(BatchQueue, GivesEveryBatchInOrderToSlowAndFastConsumers) {
  const std::vector<int64_t> expected = {3, 4, 5, 6, 7};
  BatchQueue fast(3, 8, 2, [](int64_t number) {
    std::this_thread::sleep_for(milliseconds(2));
    return numbered(number);
  });
  EXPECT_EQ(drain(fast), expected);
  BatchQueue slow(3, 8, 2, numbered);
  EXPECT_EQ(drain(slow, milliseconds(2)), expected);
  BatchQueue none(8, 8, 2, numbered);
  EXPECT_TRUE(drain(none).empty());
}

TEST(BatchQueue, WorksNoFurtherAheadThanAsked) {
  std::atomic<int> made = 0;
  BatchQueue queue(0, 100, 3, [&](int64_t number) {
    ++made;
    return numbered(number);
  });
  std::this_thread::sleep_for(milliseconds(50));
  EXPECT_LE(made, 4);  // three waiting, one in hand
  Batch batch;
  ASSERT_TRUE(queue.next(batch));
  std::this_thread::sleep_for(milliseconds(50));
  EXPECT_LE(made, 5);
}

TEST(BatchQueue, AnExceptionArrivesInPlaceOfItsBatch) {
  BatchQueue queue(0, 5, 10, [](int64_t number) {
    if (number == 2) throw std::runtime_error("bad sentence");
    return numbered(number);
  });
  Batch batch;
  EXPECT_TRUE(queue.next(batch));
  EXPECT_TRUE(queue.next(batch));
  EXPECT_THROW(queue.next(batch), std::runtime_error);
  EXPECT_THROW(queue.next(batch), std::runtime_error);
}

TEST(BatchQueue, EndsWhileFullOrEmptyWithoutLeavingAThread) {
  const std::ptrdiff_t before = running_threads();
  for (int cycle = 0; cycle < 1000; ++cycle) {
    BatchQueue queue(0, 100, 2, numbered);
    Batch batch;
    if (cycle % 3 == 0) queue.next(batch);
    if (cycle % 100 == 0) std::this_thread::sleep_for(milliseconds(2));  // until it is full
  }
  EXPECT_EQ(running_threads(), before);
}

}  // namespace
}  // namespace heed

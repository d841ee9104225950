#include "tensor/device_batch.h"

#include <ATen/Functions.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <numeric>

#include "core/random.h"
#include "tensor/batch_shape.h"

namespace heed {
namespace {

std::vector<int64_t> numbers(size_t count, uint64_t below, uint64_t seed) {
  RandomStream stream(mix64(seed));
  std::vector<int64_t> result(count);
  for (int64_t& number : result) number = static_cast<int64_t>(stream.below(below));
  return result;
}

Batch batch_of(const std::vector<int32_t>& source, const std::vector<int32_t>& target) {
  Batch batch;
  batch.source_segments = Segments::packed(source);
  batch.target_segments = Segments::packed(target);
  batch.source_ids = numbers(static_cast<size_t>(batch.num_source_tokens()), 5000, 1);
  batch.target_input_ids = numbers(static_cast<size_t>(batch.num_target_tokens()), 5000, 2);
  batch.label_ids = numbers(static_cast<size_t>(batch.num_target_tokens()), 5000, 3);
  return batch;
}

std::vector<int64_t> values(const at::Tensor& tensor) {
  const at::Tensor flat = tensor.to(at::kLong).contiguous();
  return {flat.const_data_ptr<int64_t>(), flat.const_data_ptr<int64_t>() + flat.numel()};
}

TEST(OrderById, IsTheStableOrderOfAnyIds) {
  for (const uint64_t below : {1ull, 7ull, 2048ull, 32000ull, 1ull << 30}) {
    for (const size_t count : {0u, 1u, 2u, 999u}) {
      const std::vector<int64_t> ids = numbers(count, below, below + count);
      std::vector<int64_t> expected(count);
      std::iota(expected.begin(), expected.end(), 0);
      std::stable_sort(expected.begin(), expected.end(),
                       [&](int64_t a, int64_t b) { return ids[static_cast<size_t>(a)] < ids[static_cast<size_t>(b)]; });
      EXPECT_EQ(order_by_id(ids), expected) << count << " ids below " << below;
    }
  }
}

TEST(BatchMemory, HoldsWhatWasPutLast) {
  const Batch first = batch_of({3, 5}, {4, 2}), second = batch_of({5, 3}, {1, 5});
  BatchMemory memory(first, at::kCPU);
  for (const Batch& batch : {first, second}) {
    memory.put(batch, 0xFEDCBA9876543210ull);
    const DeviceBatch& there = memory.batch();
    EXPECT_EQ(*memory.dropout_key(), 0xFEDCBA9876543210ull);
    EXPECT_EQ(values(there.source.ids), batch.source_ids);
    EXPECT_EQ(values(there.source.positions), batch.source_segments.positions());
    EXPECT_EQ(values(there.target_input.order), order_by_id(batch.target_input_ids));
    EXPECT_EQ(values(there.target_input.sorted_ids),
              values(there.target_input.ids.index_select(0, there.target_input.order)));
    EXPECT_EQ(values(there.label_ids), batch.label_ids);
    EXPECT_EQ(there.num_target_tokens, batch.num_target_tokens());
    const auto& segments = there.target_segments.on(at::kCPU);
    EXPECT_EQ(values(segments.lengths)[1], batch.target_segments.lengths()[1]);
    EXPECT_EQ(values(segments.starts)[2], batch.num_target_tokens());
  }
}

TEST(BatchMemory, RefusesAnotherShape) {
  BatchMemory memory(batch_of({3, 5}, {4, 2}), at::kCPU);
  EXPECT_THROW(memory.put(batch_of({3, 6}, {4, 2}), 0), c10::Error);
  EXPECT_THROW(memory.put(batch_of({3, 5, 0}, {4, 2, 0}), 0), c10::Error);
}

TEST(PaddedBatch, HasItsShapeAndItsOwnSentencesFirst) {
  RandomStream stream(mix64(4));
  for (int round = 0; round < 200; ++round) {
    std::vector<int32_t> source, target;
    const uint64_t count = 1 + stream.below(60), longest = 1 + stream.below(300);
    for (uint64_t b = 0; b < count; ++b) {
      source.push_back(1 + static_cast<int32_t>(stream.below(longest)));
      target.push_back(1 + static_cast<int32_t>(stream.below(longest)));
    }
    const Batch batch = batch_of(source, target);
    const BatchShape shape = padded_shape(batch);
    const Batch whole = padded(batch, shape);
    EXPECT_EQ(whole.num_source_tokens(), shape.source_rows);
    EXPECT_EQ(whole.num_target_tokens(), shape.target_rows);
    EXPECT_EQ(whole.source_segments.size(), shape.sentences);
    EXPECT_EQ(whole.source_segments.max_length(), shape.longest_source);
    EXPECT_EQ(whole.target_segments.max_length(), shape.longest_target);
    for (size_t b = 0; b < source.size(); ++b) EXPECT_EQ(whole.source_segments.lengths()[b], source[b]);
    for (size_t b = source.size(); b < whole.source_segments.lengths().size(); ++b)
      EXPECT_EQ(whole.source_segments.lengths()[b] == 0, whole.target_segments.lengths()[b] == 0);
    EXPECT_TRUE(std::equal(batch.label_ids.begin(), batch.label_ids.end(), whole.label_ids.begin()));
    EXPECT_EQ(whole.label_ids.back(), kPaddingLabel);
    BatchMemory memory(whole, at::kCPU);
    memory.put(whole, 0);
    EXPECT_EQ(memory.batch().num_target_tokens, batch.num_target_tokens());
  }
}

}  // namespace
}  // namespace heed

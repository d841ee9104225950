#include "tensor/segments.h"

#include <ATen/ops/tensor.h>
#include <gtest/gtest.h>

namespace heed {
namespace {

TEST(Segments, PackedSentencesFollowEachOther) {
  const Segments segments = Segments::packed({3, 0, 2});
  EXPECT_EQ(segments.starts(), (std::vector<int32_t>{0, 3, 3}));
  EXPECT_EQ(segments.num_rows(), 5);
  EXPECT_EQ(segments.max_length(), 3);
  EXPECT_EQ(segments.positions(), (std::vector<int64_t>{0, 1, 2, 0, 1}));
}

TEST(Segments, ArePackedOnlyWithoutGapsAndInOrder) {
  EXPECT_TRUE(Segments::packed({3, 0, 2}).is_packed());
  EXPECT_TRUE(Segments().is_packed());
  EXPECT_FALSE(Segments({1, 4}, {3, 2}).is_packed());
  EXPECT_FALSE(Segments({0, 4}, {3, 2}).is_packed());
  EXPECT_FALSE(Segments({2, 0}, {3, 2}).is_packed());
}

TEST(Segments, GiveCumulativeLengthsAndLengthsToADevice) {
  const Segments segments = Segments::packed({3, 0, 2});
  EXPECT_TRUE(segments.on(at::kCPU).starts.equal(at::tensor({0, 3, 3, 5}, at::kInt)));
  EXPECT_TRUE(segments.on(at::kCPU).lengths.equal(at::tensor({3, 0, 2}, at::kInt)));
}

TEST(Segments, CopyToADeviceOnceForAllCopies) {
  const std::vector<Segments> copies(2, Segments::packed({3, 2}));
  EXPECT_EQ(copies[0].on(at::kCPU).starts.const_data_ptr(), copies[1].on(at::kCPU).starts.const_data_ptr());
}

}  // namespace
}  // namespace heed

#include "tensor/device_batch.h"

#include <ATen/ops/empty.h>
#include <c10/util/Exception.h>

#include <algorithm>
#include <array>
#include <cstring>

#include "tensor/block_parts.h"

namespace heed {
namespace {

int64_t size_of(const Batch& batch) {
  return 1 + static_cast<int64_t>(batch.copied_ids.size()) + 4 * batch.num_source_tokens() +
         5 * batch.num_target_tokens() + words_of_segments(batch.source_segments) +
         words_of_segments(batch.target_segments);
}

template <class Views>
TokenIds views_of_tokens(Views& parts, int64_t rows) {
  return {parts.next(rows), parts.next(rows), parts.next(rows), parts.next(rows)};
}

int64_t* fill_tokens(int64_t* to, const std::vector<int64_t>& ids, const Segments& segments) {
  to = fill(fill(to, ids), segments.positions());
  const std::vector<int64_t> order = order_by_id(ids);
  for (const int64_t row : order) *to++ = ids[static_cast<size_t>(row)];
  return fill(to, order);
}

}  // namespace

// Least significant digit first, in digits of 11 bits: a few passes over some thousand rows take microseconds.
std::vector<int64_t> order_by_id(const std::vector<int64_t>& ids) {
  constexpr int kBits = 11;
  constexpr size_t kDigits = size_t{1} << kBits;
  const int64_t largest = ids.empty() ? 0 : *std::max_element(ids.begin(), ids.end());
  std::vector<int64_t> order(ids.size()), next(ids.size());
  for (size_t i = 0; i < ids.size(); ++i) order[i] = static_cast<int64_t>(i);
  for (int shift = 0; shift == 0 || (largest >> shift) > 0; shift += kBits) {
    const auto digit = [&](int64_t row) {
      return static_cast<size_t>(ids[static_cast<size_t>(row)] >> shift) % kDigits;
    };
    std::array<size_t, kDigits + 1> starts{};
    for (const int64_t row : order) ++starts[digit(row) + 1];
    for (size_t d = 1; d <= kDigits; ++d) starts[d] += starts[d - 1];
    for (const int64_t row : order) next[starts[digit(row)]++] = row;
    order.swap(next);
  }
  return order;
}

BatchMemory::BatchMemory(const Batch& like, c10::Device device)
    : block_(at::empty({size_of(like)}, at::TensorOptions(at::kLong).device(device))) {
  Parts views([&](int64_t first, int64_t size) { return block_.narrow(0, first, size); });
  views.next(1);  // the dropout key
  batch_.source = views_of_tokens(views, like.num_source_tokens());
  batch_.target_input = views_of_tokens(views, like.num_target_tokens());
  batch_.label_ids = views.next(like.num_target_tokens());
  if (!like.copied_ids.empty()) batch_.copied_ids = views.next(like.num_source_tokens());
  batch_.source_segments = placed_segments(views, like.source_segments);
  batch_.target_segments = placed_segments(views, like.target_segments);
}

void BatchMemory::put(const Batch& batch, uint64_t dropout_key) {
  TORCH_CHECK(size_of(batch) == block_.numel() && batch.size() == batch_.source_segments.size(),
              "a batch of another shape");
  const c10::Device device = block_.device();
  const at::Tensor host = at::empty(block_.sizes(), at::TensorOptions(at::kLong).pinned_memory(device.is_cuda()));
  auto* to = host.mutable_data_ptr<int64_t>();
  std::memcpy(to++, &dropout_key, sizeof dropout_key);
  to = fill_tokens(to, batch.source_ids, batch.source_segments);
  to = fill_tokens(to, batch.target_input_ids, batch.target_segments);
  to = fill(fill(to, batch.label_ids), batch.copied_ids);
  to = fill_segments(fill_segments(to, batch.source_segments), batch.target_segments);
  block_.copy_(host, /*non_blocking=*/true);
  const auto padding = std::count(batch.label_ids.begin(), batch.label_ids.end(), kPaddingLabel);
  batch_.num_target_tokens = batch.num_target_tokens() - padding;
}

const uint64_t* BatchMemory::dropout_key() const {
  return reinterpret_cast<const uint64_t*>(block_.const_data_ptr<int64_t>());
}

}  // namespace heed

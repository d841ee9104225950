#include "tensor/batch_shape.h"

#include <c10/util/Exception.h>

#include <algorithm>
#include <bit>
#include <vector>

namespace heed {
namespace {

constexpr int64_t kFewestRows = 256, kFewestSentences = 32;
constexpr int32_t kShortest = 32;  // of the bounds on a sentence's length; they double

// A step that grows with the size: a fraction of the power of two below it.
int64_t step_of(int64_t size, int64_t fraction, int64_t least) {
  return std::max(least, static_cast<int64_t>(std::bit_floor(static_cast<uint64_t>(size))) / fraction);
}
int64_t row_step(int64_t rows) { return step_of(rows, 16, kFewestRows); }
int64_t sentence_step(int64_t sentences) { return step_of(sentences, 4, kFewestSentences); }

int64_t rounded_up(int64_t size, int64_t step) { return (size + step - 1) / step * step; }

int32_t length_bound(int32_t longest) {
  int32_t bound = kShortest;
  while (bound < longest) bound *= 2;
  return bound;
}

// The padding has at least so many rows on each side and so many sentences, enough for each of those to have a row on
// both: with P rows on a side, at most this + step - 1, it takes P / kShortest sentences, rounded up.
int64_t least_padding(const Batch& batch) {
  const int64_t step = std::max(row_step(batch.num_source_tokens()), row_step(batch.num_target_tokens()));
  return step / (kShortest - 1) + 2;
}

// `rows` rows in `sentences` sentences of at most `bound`, none empty; the rest of `slots` has none.
void append_lengths(std::vector<int32_t>& lengths, int64_t rows, int64_t sentences, int64_t slots, int32_t bound) {
  for (int64_t i = 0; i < slots; ++i) {
    const int64_t others = i < sentences ? sentences - 1 - i : 0;
    const int64_t length = i < sentences ? std::min<int64_t>(bound, rows - others) : 0;
    lengths.push_back(static_cast<int32_t>(length));
    rows -= length;
  }
  TORCH_CHECK(rows == 0, rows, " rows of padding are left");
}

}  // namespace

BatchShape padded_shape(const Batch& batch) {
  const int64_t least = least_padding(batch);
  const int64_t source = batch.num_source_tokens(), target = batch.num_target_tokens();
  return {rounded_up(source + least, row_step(source)), rounded_up(target + least, row_step(target)),
          rounded_up(batch.size() + least, sentence_step(batch.size())),
          length_bound(batch.source_segments.max_length()), length_bound(batch.target_segments.max_length())};
}

Batch padded(const Batch& batch, const BatchShape& shape) {
  const int64_t source = shape.source_rows - batch.num_source_tokens();
  const int64_t target = shape.target_rows - batch.num_target_tokens();
  const int64_t slots = shape.sentences - batch.size();
  const int64_t sentences = std::max((source + shape.longest_source - 1) / shape.longest_source,
                                     (target + shape.longest_target - 1) / shape.longest_target);
  TORCH_CHECK(sentences >= 1 && sentences <= std::min({source, target, slots}), "padding does not fit the shape");
  std::vector<int32_t> source_lengths = batch.source_segments.lengths();
  std::vector<int32_t> target_lengths = batch.target_segments.lengths();
  append_lengths(source_lengths, source, sentences, slots, shape.longest_source);
  append_lengths(target_lengths, target, sentences, slots, shape.longest_target);

  Batch result = batch;
  result.source_ids.resize(static_cast<size_t>(shape.source_rows), 0);
  result.target_input_ids.resize(static_cast<size_t>(shape.target_rows), 0);
  result.label_ids.resize(static_cast<size_t>(shape.target_rows), kPaddingLabel);
  result.source_segments = Segments::packed(source_lengths).bounded(shape.longest_source);
  result.target_segments = Segments::packed(target_lengths).bounded(shape.longest_target);
  return result;
}

}  // namespace heed

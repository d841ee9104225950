#pragma once

#include <torch/types.h>

#include <cstdint>
#include <vector>

#include "nn/embedding.h"
#include "tensor/segments.h"

namespace heed {

// A decoder that writes sentences step by step, in evaluation, and what it remembers between steps. The rows of the
// batch are hypotheses; those of one sentence stand together, in sentence order, and share the sentence's memory.
// Borrows the decoder.
class DecoderState {
 public:
  virtual ~DecoderState() = default;
  DecoderState(const DecoderState&) = delete;
  DecoderState& operator=(const DecoderState&) = delete;

  // One token for each row -> (R, D).
  virtual torch::Tensor step(const Tokens& tokens) = 0;

  int64_t num_rows() const { return static_cast<int64_t>(sentences_.size()); }
  const std::vector<int64_t>& sentences() const { return sentences_; }  // per row, numbered as at the start

  // Of the sentences still decoding: where the memory of each lies, and which rows are its hypotheses.
  const Segments& memory() const { return memory_; }
  const Segments& rows() const { return rows_; }

  // Row i goes on as old row indices[i]; sentences without a row are retired. REQUIRES: sentences stay in order.
  void select(const std::vector<int64_t>& indices);

 protected:
  explicit DecoderState(const Segments& memory);  // one row per sentence

  // Moves what a kind of decoder keeps for each row.
  virtual void select_rows(const std::vector<int64_t>& indices) = 0;

  Segments memory_of_rows() const;  // one segment for each row

 private:
  void index_rows();

  Segments all_memory_, memory_, rows_;
  std::vector<int64_t> sentences_;
};

}  // namespace heed

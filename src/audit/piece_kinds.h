#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "text/byte_piece.h"
#include "text/tokenizer.h"

namespace heed {

// What of a text its pieces do not say as text.
struct PieceCounts {
  int64_t unknown = 0, bytes = 0;

  int64_t both() const { return unknown + bytes; }
};

// Tells by their ids which pieces of a tokenizer are unk, and which are single bytes (sentencepiece's byte fallback).
class PieceKinds {
 public:
  explicit PieceKinds(const Tokenizer& tokenizer) : unk_(tokenizer.vocabulary().special().unk) {
    for (const std::string& piece : tokenizer.vocabulary().pieces()) is_byte_.push_back(is_byte_name(piece));
  }

  PieceCounts count(std::span<const int32_t> ids) const {
    PieceCounts counts;
    for (const int32_t id : ids) {
      counts.unknown += id == unk_;
      counts.bytes += is_byte_[static_cast<size_t>(id)];
    }
    return counts;
  }

 private:
  int64_t unk_;
  std::vector<bool> is_byte_;
};

}  // namespace heed

#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace heed {

// What a serialised sentencepiece model holds, read by ourselves: the library has no accessor for the types of pieces
// and models, which subword noise needs, and crashes on some damaged files, which are refused here first.
// Field numbers: sentencepiece_model.proto of sentencepiece 0.1.97.

enum class PieceType { kNormal = 1, kUnknown = 2, kControl = 3, kUserDefined = 4, kUnused = 5, kByte = 6 };
enum class ModelType { kUnigram = 1, kBpe = 2, kWord = 3, kChar = 4 };

struct ModelPiece {
  std::string text;
  float score = 0;  // unigram: log probability; bpe: minus the rank of the merge that makes the piece
  PieceType type = PieceType::kNormal;
};

struct SentencepieceModel {
  ModelType type = ModelType::kUnigram;
  std::vector<ModelPiece> pieces;  // in id order
};

// DataError, beginning with `origin`, where the bytes are no such model. Pieces longer than 1 KiB are refused.
SentencepieceModel read_sentencepiece_model(std::string_view bytes, const std::string& origin);

}  // namespace heed

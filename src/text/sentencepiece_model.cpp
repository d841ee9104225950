#include "text/sentencepiece_model.h"

#include <cmath>
#include <cstring>
#include <optional>

#include "core/error.h"
#include "text/charsmap.h"

namespace heed {
namespace {

constexpr size_t kMaxPieceBytes = 1024;
constexpr uint64_t kModelPieces = 1, kModelTrainer = 2, kModelNormalizer = 3, kModelDenormalizer = 5;  // ModelProto
constexpr uint64_t kPieceText = 1, kPieceScore = 2, kPieceType = 3;  // ModelProto.SentencePiece
constexpr uint64_t kTrainerModelType = 3;                            // TrainerSpec
constexpr uint64_t kNormalizerCharsmap = 2;                          // NormalizerSpec

struct Field {
  uint64_t number = 0;
  uint64_t value = 0;      // of a varint or fixed-width field
  std::string_view bytes;  // of a length-delimited field
};

// The fields of one protobuf message, in order (wire format: protobuf.dev/programming-guides/encoding).
class Message {
 public:
  Message(std::string_view bytes, const std::string& origin) : rest_(bytes), origin_(origin) {}

  std::optional<Field> next() {
    if (rest_.empty()) return std::nullopt;
    const uint64_t tag = varint();
    Field field{tag >> 3, 0, {}};
    switch (tag & 7) {
      case 0:
        field.value = varint();
        break;
      case 1:
        field.value = fixed<uint64_t>();
        break;
      case 2:
        field.bytes = take(varint());
        break;
      case 5:
        field.value = fixed<uint32_t>();
        break;
      default:
        fail("unknown wire type");
    }
    return field;
  }

  [[noreturn]] void fail(const std::string& what) const {
    throw DataError(origin_ + ": not a sentencepiece model or damaged (" + what + ")");
  }

 private:
  uint64_t varint() {
    uint64_t value = 0;
    for (int shift = 0; shift < 64; shift += 7) {
      const auto byte = static_cast<uint8_t>(take(1)[0]);
      value |= static_cast<uint64_t>(byte & 0x7F) << shift;
      if (byte < 0x80) return value;
    }
    fail("overlong number");
  }

  template <class Number>
  Number fixed() {
    Number value;
    std::memcpy(&value, take(sizeof(value)).data(), sizeof(value));
    return value;
  }

  std::string_view take(uint64_t count) {
    if (count > rest_.size()) fail("ends too early");
    const std::string_view taken = rest_.substr(0, count);
    rest_.remove_prefix(count);
    return taken;
  }

  std::string_view rest_;
  const std::string& origin_;
};

ModelPiece read_piece(std::string_view bytes, const std::string& origin) {
  Message message(bytes, origin);
  ModelPiece piece;
  while (const auto field = message.next()) {
    if (field->number == kPieceText) piece.text = field->bytes;
    if (field->number == kPieceScore) {
      const auto bits = static_cast<uint32_t>(field->value);
      std::memcpy(&piece.score, &bits, sizeof(bits));
    }
    if (field->number == kPieceType) {
      if (field->value < 1 || field->value > 6) message.fail("unknown type of piece");
      piece.type = static_cast<PieceType>(field->value);
    }
  }
  if (piece.text.empty()) message.fail("empty piece");
  if (piece.text.find('\0') != std::string::npos) message.fail("a piece with a NUL byte");  // the library ends it there
  if (piece.text.size() > kMaxPieceBytes) message.fail("a piece of " + std::to_string(piece.text.size()) + " bytes");
  if (!std::isfinite(piece.score)) message.fail("a score that is not finite");
  return piece;
}

ModelType read_model_type(std::string_view trainer, const std::string& origin) {
  Message message(trainer, origin);
  ModelType type = ModelType::kUnigram;
  while (const auto field = message.next()) {
    if (field->number != kTrainerModelType) continue;
    if (field->value < 1 || field->value > 4) message.fail("unknown type of model");
    type = static_cast<ModelType>(field->value);
  }
  return type;
}

void check_normalizer(std::string_view normalizer, const std::string& origin) {
  Message message(normalizer, origin);
  while (const auto field = message.next())
    if (field->number == kNormalizerCharsmap)
      if (const auto fault = charsmap_fault(field->bytes)) message.fail(*fault);
}

}  // namespace

SentencepieceModel read_sentencepiece_model(std::string_view bytes, const std::string& origin) {
  Message message(bytes, origin);
  SentencepieceModel model;
  bool has_trainer = false, has_normalizer = false;  // every real model has both: a file cut between fields is noticed
  while (const auto field = message.next()) {
    has_trainer |= field->number == kModelTrainer;
    has_normalizer |= field->number == kModelNormalizer;
    if (field->number == kModelPieces) model.pieces.push_back(read_piece(field->bytes, origin));
    if (field->number == kModelNormalizer || field->number == kModelDenormalizer)
      check_normalizer(field->bytes, origin);
    if (field->number == kModelTrainer) model.type = read_model_type(field->bytes, origin);
  }
  if (model.pieces.empty()) message.fail("no pieces");
  if (!has_trainer || !has_normalizer) message.fail("ends too early");
  return model;
}

}  // namespace heed

#include "text/tokenizer.h"

#include <sentencepiece_processor.h>

#include <optional>
#include <utility>

#include "core/error.h"
#include "core/sha256.h"
#include "text/sentencepiece_model.h"
#include "text/subword_noise.h"

namespace heed {

struct Tokenizer::State {
  Vocabulary vocabulary;
  std::string fingerprint;
  std::string model_bytes;
  std::unique_ptr<sentencepiece::SentencePieceProcessor> processor;  // null: split_tokens
  std::optional<SubwordNoise> noise;
  std::vector<std::string> bytes_of;  // by id: the byte that a byte piece stands for, else empty
};

namespace {

// No valid input makes these calls fail, so that a failure is a bug or a model that checks did not catch.
void require_ok(const sentencepiece::util::Status& status) {
  if (!status.ok()) throw Error("sentencepiece: " + status.ToString());
}

SpecialIds special_ids(const sentencepiece::SentencePieceProcessor& processor) {
  return {processor.pad_id(), processor.unk_id(), processor.bos_id(), processor.eos_id()};
}

std::vector<std::string> byte_pieces(const SentencepieceModel& model) {
  std::vector<std::string> bytes(model.pieces.size());
  for (size_t id = 0; id < bytes.size(); ++id) {
    const ModelPiece& piece = model.pieces[id];
    if (piece.type == PieceType::kByte) bytes[id] = static_cast<char>(std::stoul(piece.text.substr(3, 2), nullptr, 16));
  }
  return bytes;
}

template <class Id>
std::string decode_ids(const sentencepiece::SentencePieceProcessor* processor, const Vocabulary& vocabulary,
                       std::span<const Id> ids) {
  std::string text;
  if (processor) {
    require_ok(processor->Decode(std::vector<int>(ids.begin(), ids.end()), &text));
    return text;
  }
  const SpecialIds& special = vocabulary.special();
  for (const Id id : ids) {
    if (vocabulary.is_special(id) && id != special.unk) continue;
    if (!text.empty()) text += ' ';
    text += vocabulary.piece(id);
  }
  return text;
}

}  // namespace

Tokenizer Tokenizer::from_model(std::string model_bytes, const std::string& origin) {
  const SentencepieceModel model = read_sentencepiece_model(model_bytes, origin);
  auto processor = std::make_unique<sentencepiece::SentencePieceProcessor>();
  if (const auto status = processor->LoadFromSerializedProto(model_bytes); !status.ok()) {
    throw DataError(origin + ": not a sentencepiece model or damaged (" + status.ToString() + ")");
  }
  std::vector<std::string> pieces;
  for (const ModelPiece& piece : model.pieces) pieces.push_back(piece.text);
  Vocabulary vocabulary(std::move(pieces), special_ids(*processor), origin);

  std::optional<SubwordNoise> noise;
  if (model.type == ModelType::kBpe || model.type == ModelType::kUnigram) noise.emplace(model);
  std::string fingerprint = sha256_hex(model_bytes);
  return Tokenizer(
      std::unique_ptr<const State>(new State{std::move(vocabulary), std::move(fingerprint), std::move(model_bytes),
                                             std::move(processor), std::move(noise), byte_pieces(model)}));
}

Tokenizer Tokenizer::from_tokens(Vocabulary vocabulary) {
  std::string fingerprint = sha256_hex(vocabulary.to_json());
  return Tokenizer(
      std::unique_ptr<const State>(new State{std::move(vocabulary), std::move(fingerprint), {}, {}, {}, {}}));
}

Tokenizer::Tokenizer(std::unique_ptr<const State> state) : state_(std::move(state)) {}
Tokenizer::~Tokenizer() = default;
Tokenizer::Tokenizer(Tokenizer&&) noexcept = default;
Tokenizer& Tokenizer::operator=(Tokenizer&&) noexcept = default;

std::vector<int32_t> Tokenizer::encode(std::string_view text) const {
  std::vector<int32_t> ids;
  if (state_->processor) {
    require_ok(state_->processor->Encode({text.data(), text.size()}, &ids));
    return ids;
  }
  const SpecialIds& special = state_->vocabulary.special();
  for (const std::string_view token : split_tokens(text)) {
    const std::optional<int32_t> id = state_->vocabulary.find(token);
    const bool known = id && !state_->vocabulary.is_special(*id);  // "</s>" in a text does not end a sentence
    ids.push_back(known ? *id : static_cast<int32_t>(special.unk));
  }
  return ids;
}

std::string Tokenizer::decode(std::span<const int32_t> ids) const {
  return decode_ids(state_->processor.get(), state_->vocabulary, ids);
}

std::string Tokenizer::decode(std::span<const int64_t> ids) const {
  return decode_ids(state_->processor.get(), state_->vocabulary, ids);
}

std::string Tokenizer::normalized(std::string_view text) const {
  if (!state_->processor) return std::string(text);
  std::vector<std::string> pieces;
  require_ok(state_->processor->Encode({text.data(), text.size()}, &pieces));
  std::string joined;
  for (const std::string& piece : pieces) {
    const std::optional<int32_t> id = state_->vocabulary.find(piece);
    const std::string* byte = id ? &state_->bytes_of[static_cast<size_t>(*id)] : nullptr;
    joined += byte && !byte->empty() ? *byte : piece;
  }
  return joined;
}

std::vector<int32_t> Tokenizer::sample(std::string_view normalized, double strength, RandomStream stream) const {
  if (!state_->noise) {
    throw ConfigError("tokenizer.sampling needs a bpe or unigram tokenizer: others have one way to cut a text");
  }
  return state_->noise->sample(normalized, strength, stream);
}

std::vector<int32_t> Tokenizer::encode_sampled(std::string_view text, double strength, RandomStream stream) const {
  return sample(normalized(text), strength, stream);
}

bool Tokenizer::can_sample() const { return state_->noise.has_value(); }
const Vocabulary& Tokenizer::vocabulary() const { return state_->vocabulary; }
const std::string& Tokenizer::model_bytes() const { return state_->model_bytes; }
const std::string& Tokenizer::fingerprint() const { return state_->fingerprint; }

std::vector<int> Tokenizer::word_numbers(std::span<const int32_t> ids) const {
  constexpr std::string_view kWordStart = "\u2581";
  const SpecialIds& special = vocabulary().special();
  std::vector<int> numbers;
  int word = -1;
  for (const int32_t id : ids) {
    if (id == special.pad || id == special.bos || id == special.eos) {
      numbers.push_back(-1);
      continue;
    }
    if (word < 0 || model_bytes().empty() || vocabulary().piece(id).starts_with(kWordStart)) ++word;
    numbers.push_back(word);
  }
  return numbers;
}

std::vector<std::string_view> split_tokens(std::string_view text) {
  constexpr std::string_view kBlank = " \t";
  std::vector<std::string_view> tokens;
  for (size_t begin = text.find_first_not_of(kBlank); begin != std::string_view::npos;) {
    const size_t end = std::min(text.find_first_of(kBlank, begin), text.size());
    tokens.push_back(text.substr(begin, end - begin));
    begin = text.find_first_not_of(kBlank, end);
  }
  return tokens;
}

}  // namespace heed

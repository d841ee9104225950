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
  std::vector<std::string> bytes_of;  // by the model's id: the byte that a byte piece stands for, else empty
  std::vector<int32_t> own_ids;       // by the model's id: that of the vocabulary; empty where they are the same

  template <class Id>
  std::string decode(std::span<const Id> ids) const;
};

namespace {

// No valid input makes these calls fail, so that a failure is a bug or a model that checks did not catch.
void require_ok(const sentencepiece::util::Status& status) {
  if (!status.ok()) throw Error("sentencepiece: " + status.ToString());
}

struct LoadedModel {
  SentencepieceModel model;
  std::unique_ptr<sentencepiece::SentencePieceProcessor> processor;
  std::optional<SubwordNoise> noise;
};

LoadedModel load_model(const std::string& bytes, const std::string& origin) {
  LoadedModel loaded{
      read_sentencepiece_model(bytes, origin), std::make_unique<sentencepiece::SentencePieceProcessor>(), {}};
  if (const auto status = loaded.processor->LoadFromSerializedProto(bytes); !status.ok())
    throw DataError(origin + ": not a sentencepiece model or damaged (" + status.ToString() + ")");
  const ModelType type = loaded.model.type;
  if (type == ModelType::kBpe || type == ModelType::kUnigram) loaded.noise.emplace(loaded.model);
  return loaded;
}

int32_t id_or_unk(const Vocabulary& vocabulary, std::string_view piece) {
  return vocabulary.find(piece).value_or(static_cast<int32_t>(vocabulary.special().unk));
}

std::vector<std::string> byte_pieces(const SentencepieceModel& model) {
  std::vector<std::string> bytes(model.pieces.size());
  for (size_t id = 0; id < bytes.size(); ++id) {
    const ModelPiece& piece = model.pieces[id];
    if (piece.type == PieceType::kByte) bytes[id] = static_cast<char>(std::stoul(piece.text.substr(3, 2), nullptr, 16));
  }
  return bytes;
}

// The length of a leading language code, ">>fr<<"; 0 without one.
size_t language_code_length(std::string_view text) {
  const size_t end = text.starts_with(">>") ? text.find("<<") : std::string_view::npos;
  return end == std::string_view::npos ? 0 : end + 2;
}

}  // namespace

Tokenizer Tokenizer::from_model(std::string model_bytes, const std::string& origin) {
  LoadedModel loaded = load_model(model_bytes, origin);
  std::vector<std::string> pieces;
  for (const ModelPiece& piece : loaded.model.pieces) pieces.push_back(piece.text);
  const auto& processor = *loaded.processor;
  const SpecialIds special{processor.pad_id(), processor.unk_id(), processor.bos_id(), processor.eos_id()};
  Vocabulary vocabulary(std::move(pieces), special, origin);
  return Tokenizer(std::unique_ptr<const State>(new State{std::move(vocabulary),
                                                          sha256_hex(model_bytes),
                                                          std::move(model_bytes),
                                                          std::move(loaded.processor),
                                                          std::move(loaded.noise),
                                                          byte_pieces(loaded.model),
                                                          {}}));
}

Tokenizer Tokenizer::from_model(std::string model_bytes, Vocabulary vocabulary, const std::string& origin) {
  LoadedModel loaded = load_model(model_bytes, origin);
  std::vector<int32_t> own_ids;
  for (const ModelPiece& piece : loaded.model.pieces) own_ids.push_back(id_or_unk(vocabulary, piece.text));
  std::string fingerprint = sha256_hex(sha256_hex(model_bytes) + vocabulary.to_json());
  return Tokenizer(std::unique_ptr<const State>(
      new State{std::move(vocabulary), std::move(fingerprint), std::move(model_bytes), std::move(loaded.processor),
                std::move(loaded.noise), byte_pieces(loaded.model), std::move(own_ids)}));
}

Tokenizer Tokenizer::from_tokens(Vocabulary vocabulary) {
  std::string fingerprint = sha256_hex(vocabulary.to_json());
  return Tokenizer(
      std::unique_ptr<const State>(new State{std::move(vocabulary), std::move(fingerprint), {}, {}, {}, {}, {}}));
}

Tokenizer::Tokenizer(std::unique_ptr<const State> state) : state_(std::move(state)) {}
Tokenizer::~Tokenizer() = default;
Tokenizer::Tokenizer(Tokenizer&&) noexcept = default;
Tokenizer& Tokenizer::operator=(Tokenizer&&) noexcept = default;

std::vector<int32_t> Tokenizer::encode(std::string_view text) const {
  std::vector<int32_t> ids;
  const Vocabulary& vocabulary = state_->vocabulary;
  if (has_own_ids()) {
    const size_t code = language_code_length(text);
    if (code > 0) ids.push_back(id_or_unk(vocabulary, text.substr(0, code)));
    text.remove_prefix(code);
    std::vector<std::string> pieces;
    require_ok(state_->processor->Encode({text.data(), text.size()}, &pieces));
    // By text: what the model does not know may still be a piece of a vocabulary that two models share.
    for (const std::string& piece : pieces) ids.push_back(id_or_unk(vocabulary, piece));
    return ids;
  }
  if (state_->processor) {
    require_ok(state_->processor->Encode({text.data(), text.size()}, &ids));
    return ids;
  }
  for (const std::string_view token : split_tokens(text)) {
    const int32_t id = id_or_unk(vocabulary, token);
    const bool known = !vocabulary.is_special(id);  // "</s>" in a text does not end a sentence
    ids.push_back(known ? id : static_cast<int32_t>(vocabulary.special().unk));
  }
  return ids;
}

std::vector<std::string> Tokenizer::pieces(std::string_view text) const {
  if (!state_->processor) {
    const std::vector<std::string_view> tokens = split_tokens(text);
    return {tokens.begin(), tokens.end()};
  }
  std::vector<std::string> pieces;
  require_ok(state_->processor->Encode({text.data(), text.size()}, &pieces));
  return pieces;
}

// The model's own ids where it has them: the processor knows how unk reads.
template <class Id>
std::string Tokenizer::State::decode(std::span<const Id> ids) const {
  std::string text;
  if (processor && own_ids.empty()) {
    require_ok(processor->Decode(std::vector<int>(ids.begin(), ids.end()), &text));
    return text;
  }
  const SpecialIds& special = vocabulary.special();
  std::vector<std::string> pieces;
  for (const Id id : ids)
    if (!vocabulary.is_special(id) || id == special.unk) pieces.push_back(vocabulary.piece(id));
  if (processor) {
    require_ok(processor->Decode(pieces, &text));
    return text;
  }
  for (const std::string& piece : pieces) text += (text.empty() ? "" : " ") + piece;
  return text;
}

std::string Tokenizer::decode(std::span<const int32_t> ids) const { return state_->decode(ids); }
std::string Tokenizer::decode(std::span<const int64_t> ids) const { return state_->decode(ids); }

std::string Tokenizer::normalized(std::string_view text) const {
  if (!state_->processor) return std::string(text);
  std::string joined;
  for (const std::string& piece : pieces(text)) {
    const std::string& byte = state_->bytes_of[static_cast<size_t>(state_->processor->PieceToId(piece))];
    joined += byte.empty() ? piece : byte;
  }
  return joined;
}

std::vector<int32_t> Tokenizer::sample(std::string_view normalized, double strength, RandomStream stream) const {
  if (!state_->noise) {
    throw ConfigError("tokenizer.sampling needs a bpe or unigram tokenizer: others have one way to cut a text");
  }
  std::vector<int32_t> ids = state_->noise->sample(normalized, strength, stream);
  if (has_own_ids())
    for (int32_t& id : ids) id = state_->own_ids[static_cast<size_t>(id)];
  return ids;
}

std::vector<int32_t> Tokenizer::encode_sampled(std::string_view text, double strength, RandomStream stream) const {
  return sample(normalized(text), strength, stream);
}

bool Tokenizer::has_own_ids() const { return !state_->own_ids.empty(); }
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

#include "text/tokenizer.h"

#include <sentencepiece_processor.h>

#include <optional>
#include <utility>

#include "core/error.h"
#include "core/sha256.h"
#include "core/utf8.h"
#include "text/language_code.h"
#include "text/sentencepiece_model.h"
#include "text/subword_noise.h"
#include "text/whole_words.h"

namespace heed {

struct Tokenizer::State {
  std::optional<Vocabulary> vocabulary;  // always there once made
  std::string fingerprint;
  std::string model_bytes;
  std::unique_ptr<sentencepiece::SentencePieceProcessor> processor;  // null: split_tokens
  std::optional<SubwordNoise> noise;
  std::vector<std::string> bytes_of;  // by the model's id: the byte that a byte piece stands for, else empty
  bool own_ids = false;               // the vocabulary's, found by text, instead of the model's
  bool splits_unknown = false;        // a run of unknown words is one unk to the model
  TokenizerType type = TokenizerType::kNone;

  static State of_model(std::string bytes, const SentencepieceModel& model, const std::string& origin);
  size_t code_length(std::string_view text) const;
  int32_t id_of_code(std::string_view code) const;
  int32_t id_of(std::string_view piece, int32_t model_id) const;
  template <class Use>
  void cut_by_model(std::string_view text, Use&& use) const;
  template <class Use>
  void cut(std::string_view text, Use&& use) const;
  template <class Id>
  std::string decode(std::span<const Id> ids) const;
  bool is_silent(int64_t id) const {  // has no text
    return vocabulary->is_special(id) && id != vocabulary->special().unk;
  }
};

namespace {

// No valid input makes these calls fail, so that a failure is a bug or a model that checks did not catch.
void require_ok(const sentencepiece::util::Status& status) {
  if (!status.ok()) throw Error("sentencepiece: " + status.ToString());
}

int32_t id_or_unk(const Vocabulary& vocabulary, std::string_view piece) {
  return vocabulary.find(piece).value_or(static_cast<int32_t>(vocabulary.special().unk));
}

constexpr std::pair<TokenizerType, ModelType> kModelTypes[] = {{TokenizerType::kUnigram, ModelType::kUnigram},
                                                               {TokenizerType::kBpe, ModelType::kBpe},
                                                               {TokenizerType::kWord, ModelType::kWord},
                                                               {TokenizerType::kChar, ModelType::kChar}};

TokenizerType tokenizer_type(ModelType model) {
  for (const auto& [type, of_model] : kModelTypes)
    if (of_model == model) return type;
  throw Error("a sentencepiece model of no known type");
}

std::vector<std::string> byte_pieces(const SentencepieceModel& model) {
  std::vector<std::string> bytes(model.pieces.size());
  for (size_t id = 0; id < bytes.size(); ++id) {
    const ModelPiece& piece = model.pieces[id];
    if (piece.type == PieceType::kByte) bytes[id] = static_cast<char>(std::stoul(piece.text.substr(3, 2), nullptr, 16));
  }
  return bytes;
}

}  // namespace

// All but the vocabulary and what depends on it.
Tokenizer::State Tokenizer::State::of_model(std::string bytes, const SentencepieceModel& model,
                                            const std::string& origin) {
  State state;
  state.processor = std::make_unique<sentencepiece::SentencePieceProcessor>();
  if (const auto status = state.processor->LoadFromSerializedProto(bytes); !status.ok())
    throw DataError(origin + ": not a sentencepiece model or damaged (" + status.ToString() + ")");
  state.model_bytes = std::move(bytes);
  state.type = tokenizer_type(model.type);
  if (model.type == ModelType::kBpe || model.type == ModelType::kUnigram) state.noise.emplace(model);
  state.bytes_of = byte_pieces(model);
  return state;
}

Tokenizer Tokenizer::from_model(std::string model_bytes, const std::string& origin) {
  const SentencepieceModel model = read_sentencepiece_model(model_bytes, origin);
  State state = State::of_model(std::move(model_bytes), model, origin);
  std::vector<std::string> pieces;
  for (const ModelPiece& piece : model.pieces) pieces.push_back(piece.text);
  const auto& processor = *state.processor;
  const SpecialIds special{processor.pad_id(), processor.unk_id(), processor.bos_id(), processor.eos_id()};
  state.vocabulary.emplace(std::move(pieces), special, origin);
  state.fingerprint = sha256_hex(state.model_bytes);
  return Tokenizer(std::make_unique<const State>(std::move(state)));
}

Tokenizer Tokenizer::from_model(std::string model_bytes, Vocabulary vocabulary, const std::string& origin) {
  const SentencepieceModel model = read_sentencepiece_model(model_bytes, origin);
  State state = State::of_model(std::move(model_bytes), model, origin);
  state.own_ids = true;
  state.fingerprint = sha256_hex(sha256_hex(state.model_bytes) + vocabulary.to_json());
  state.vocabulary.emplace(std::move(vocabulary));
  return Tokenizer(std::make_unique<const State>(std::move(state)));
}

Tokenizer Tokenizer::with_each_unknown_word() const {
  if (type() != TokenizerType::kWord) throw Error("each unknown word is told apart by tokenizers of type word");
  State state = State::of_model(model_bytes(), read_sentencepiece_model(model_bytes(), "tokenizer"), "tokenizer");
  state.vocabulary = state_->vocabulary;
  state.own_ids = state_->own_ids;
  state.splits_unknown = true;
  state.fingerprint = sha256_hex(fingerprint() + "each unknown word");
  return Tokenizer(std::make_unique<const State>(std::move(state)));
}

Tokenizer Tokenizer::from_tokens(Vocabulary vocabulary) {
  State state;
  state.fingerprint = sha256_hex(vocabulary.to_json());
  state.vocabulary.emplace(std::move(vocabulary));
  return Tokenizer(std::make_unique<const State>(std::move(state)));
}

Tokenizer::Tokenizer(std::unique_ptr<const State> state) : state_(std::move(state)) {}
Tokenizer::~Tokenizer() = default;
Tokenizer::Tokenizer(Tokenizer&&) noexcept = default;
Tokenizer& Tokenizer::operator=(Tokenizer&&) noexcept = default;

// The length of the language code at the start that is cut off; 0 without one.
size_t Tokenizer::State::code_length(std::string_view text) const {
  const size_t length = processor ? language_code_length(text) : 0;
  return length > 0 && (own_ids || find_language_code(*vocabulary, text.substr(0, length))) ? length : 0;
}

int32_t Tokenizer::State::id_of_code(std::string_view code) const {
  return find_language_code(*vocabulary, code).value_or(static_cast<int32_t>(vocabulary->special().unk));
}

// By text where ids are the vocabulary's own: what the model does not know may still be a piece that two models share.
int32_t Tokenizer::State::id_of(std::string_view piece, int32_t model_id) const {
  return !own_ids ? model_id : id_or_unk(*vocabulary, piece);
}

// The only way to sentencepiece: calls use(piece, model's id, begin, end) for each of its pieces.
template <class Use>
void Tokenizer::State::cut_by_model(std::string_view text, Use&& use) const {
  if (is_blank(text)) return;
  sentencepiece::ImmutableSentencePieceText pieces;
  require_ok(processor->Encode({text.data(), text.size()}, pieces.mutable_proto()));
  for (int i = 0; i < static_cast<int>(pieces.pieces_size()); ++i) {
    const auto piece = pieces.pieces(i);
    use(piece.piece(), static_cast<int32_t>(piece.id()), size_t{piece.begin()}, size_t{piece.end()});
  }
}

// Calls use(id, begin, end) for each piece.
template <class Use>
void Tokenizer::State::cut(std::string_view text, Use&& use) const {
  if (is_blank(text)) return;
  if (processor) {
    const size_t code = code_length(text);
    if (code > 0) use(id_of_code(text.substr(0, code)), size_t{0}, code);
    return cut_by_model(text.substr(code), [&](std::string_view piece, int32_t model_id, size_t begin, size_t end) {
      const int32_t id = id_of(piece, model_id);
      if (splits_unknown && id == vocabulary->special().unk)  // all but the last are empty, as TextPiece says
        for (size_t more = marked_words(piece).size(); more > 1; --more) use(id, code + begin, code + begin);
      use(id, code + begin, code + end);
    });
  }
  for (const std::string_view token : split_tokens(text)) {
    const int32_t id = id_or_unk(*vocabulary, token);
    const bool known = !vocabulary->is_special(id);  // "</s>" in a text does not end a sentence
    const auto begin = static_cast<size_t>(token.data() - text.data());
    use(known ? id : static_cast<int32_t>(vocabulary->special().unk), begin, begin + token.size());
  }
}

std::vector<int32_t> Tokenizer::encode(std::string_view text) const {
  std::vector<int32_t> ids;
  state_->cut(text, [&](int32_t id, size_t, size_t) { ids.push_back(id); });
  return ids;
}

std::vector<TextPiece> Tokenizer::cut(std::string_view text) const {
  std::vector<TextPiece> pieces;
  state_->cut(text, [&](int32_t id, size_t begin, size_t end) { pieces.push_back({id, begin, end}); });
  return pieces;
}

std::vector<std::string> Tokenizer::pieces(std::string_view text) const {
  std::vector<std::string> pieces;
  if (!state_->processor) {
    const std::vector<std::string_view> tokens = split_tokens(text);
    return {tokens.begin(), tokens.end()};
  }
  state_->cut_by_model(text, [&](std::string_view piece, int32_t, size_t, size_t) { pieces.emplace_back(piece); });
  return pieces;
}

// The model's own ids where it has them: the processor knows how unk reads.
template <class Id>
std::string Tokenizer::State::decode(std::span<const Id> ids) const {
  std::string text;
  if (processor && !own_ids) {
    require_ok(processor->Decode(std::vector<int>(ids.begin(), ids.end()), &text));
    return text;
  }
  std::vector<std::string> pieces;
  for (const Id id : ids)
    if (!is_silent(id)) pieces.push_back(vocabulary->piece(id));
  if (processor) {
    require_ok(processor->Decode(pieces, &text));
    return text;
  }
  for (const std::string& piece : pieces) text += (text.empty() ? "" : " ") + piece;
  return text;
}

std::vector<TextPiece> Tokenizer::decoded_pieces(std::span<const int64_t> ids) const {
  std::vector<TextPiece> result;
  for (const int64_t id : ids) result.push_back({static_cast<int32_t>(id), 0, 0});
  if (!state_->processor) {
    size_t end = 0;
    for (TextPiece& piece : result) {
      const bool silent = state_->is_silent(piece.id);
      piece.begin = end + (silent || end == 0 ? 0 : 1);
      piece.end = end = piece.begin + (silent ? 0 : vocabulary().piece(piece.id).size());
    }
    return result;
  }
  std::vector<std::string> texts;
  std::vector<TextPiece*> read;
  for (TextPiece& piece : result) {
    if (state_->is_silent(piece.id)) continue;
    read.push_back(&piece);
    texts.push_back(vocabulary().piece(piece.id));
  }
  const auto text = state_->processor->DecodePiecesAsImmutableProto(texts);
  for (size_t i = 0; i < read.size(); ++i) {
    read[i]->begin = text.pieces(static_cast<int>(i)).begin();
    read[i]->end = text.pieces(static_cast<int>(i)).end();
  }
  return result;
}

std::string Tokenizer::decode(std::span<const int32_t> ids) const { return state_->decode(ids); }
std::string Tokenizer::decode(std::span<const int64_t> ids) const { return state_->decode(ids); }

std::string Tokenizer::normalized(std::string_view text) const {
  if (!state_->processor) return std::string(text);
  const size_t code = state_->code_length(text);
  std::string joined = code > 0 ? kCodeMark + std::string(text.substr(0, code)) : std::string();
  state_->cut_by_model(text.substr(code), [&](std::string_view piece, int32_t model_id, size_t, size_t) {
    const std::string& byte = state_->bytes_of[static_cast<size_t>(model_id)];
    joined += byte.empty() ? piece : byte;
  });
  return joined;
}

std::vector<int32_t> Tokenizer::sample(std::string_view normalized, double strength, RandomStream stream) const {
  if (!can_sample()) {
    throw ConfigError("tokenizer.sampling needs a bpe or unigram tokenizer: others have one way to cut a text");
  }
  std::vector<int32_t> ids;
  if (normalized.starts_with(kCodeMark)) {
    normalized.remove_prefix(1);
    const std::string_view code = normalized.substr(0, language_code_length(normalized));
    ids.push_back(state_->id_of_code(code));
    normalized.remove_prefix(code.size());
  }
  for (const SubwordNoise::Piece& piece : state_->noise->sample(normalized, strength, stream))
    ids.push_back(state_->id_of(piece.text, piece.id));
  return ids;
}

std::vector<int32_t> Tokenizer::encode_sampled(std::string_view text, double strength, RandomStream stream) const {
  return sample(normalized(text), strength, stream);
}

bool Tokenizer::has_own_ids() const { return state_->own_ids; }
bool Tokenizer::can_sample() const { return state_->noise.has_value(); }
TokenizerType Tokenizer::type() const { return state_->type; }
const Vocabulary& Tokenizer::vocabulary() const { return *state_->vocabulary; }
const std::string& Tokenizer::model_bytes() const { return state_->model_bytes; }
const std::string& Tokenizer::fingerprint() const { return state_->fingerprint; }

}  // namespace heed

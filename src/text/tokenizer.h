#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "config/tokenizer_config.h"
#include "core/random.h"
#include "text/vocabulary.h"

namespace heed {

// A piece of a text and the bytes [begin, end) of that text which it was made of. They are empty where normalisation or
// the model made several pieces of one character (all but the last are), and hold spaces before the piece, too.
struct TextPiece {
  int32_t id = 0;
  size_t begin = 0, end = 0;

  bool operator==(const TextPiece&) const = default;
};

// Text to ids and back: a sentencepiece model, or plain splitting at spaces for text that is already in tokens.
// A blank text (core/utf8.h) has no pieces. With a model, a language code at the very start that is a piece of the
// vocabulary is cut off (text/language_code.h).
// Immutable; every member may be called from several threads at once. Cheap to move, not copyable.
class Tokenizer {
 public:
  // A serialised sentencepiece model. DataError, beginning with `origin`, where it is none or lacks unk, bos or eos.
  static Tokenizer from_model(std::string model_bytes, const std::string& origin);
  // The same with ids of its own, as models trained by Marian have them: a piece's id is its place in `vocabulary`,
  // unk's for pieces that are not in it. A leading language code that is not in it is cut off too, as unk.
  static Tokenizer from_model(std::string model_bytes, Vocabulary vocabulary, const std::string& origin);
  // Tokens are what spaces and tabs separate.
  static Tokenizer from_tokens(Vocabulary vocabulary);

  // The same with an unk for each unknown word, of which sentencepiece's word models make one for a run of them. Words
  // that are not in the vocabulary can then be told apart (text/whole_words.h). REQUIRES: type word.
  Tokenizer with_each_unknown_word() const;

  ~Tokenizer();
  Tokenizer(Tokenizer&&) noexcept;
  Tokenizer& operator=(Tokenizer&&) noexcept;

  // Without bos and eos. REQUIRES: valid UTF-8.
  std::vector<int32_t> encode(std::string_view text) const;
  std::vector<TextPiece> cut(std::string_view text) const;  // the same, with where each piece comes from

  // The text's pieces as they read: one that is not in the vocabulary as it stands in the (normalised) text.
  std::vector<std::string> pieces(std::string_view text) const;

  // bos, eos and pad have no text. REQUIRES: ids of the vocabulary.
  std::string decode(std::span<const int32_t> ids) const;
  std::string decode(std::span<const int64_t> ids) const;

  // Each of `ids` with the bytes of decode(ids) that it stands for: none for bos, eos and pad, and for one that makes a
  // character only together with the next.
  std::vector<TextPiece> decoded_pieces(std::span<const int64_t> ids) const;

  // A random segmentation (text/subword_noise.h): `strength` is BPE-dropout's p or the unigram model's alpha.
  // ConfigError where the tokenizer has one segmentation only (char, word, none).
  // encode_sampled(text) is sample(normalized(text)); the second part alone is what an epoch pays for. `normalized` is
  // what sentencepiece sees, its pieces joined, a leading language code marked as such: for `sample` alone to read.
  // Strength 0 is encode(text) for bpe; for unigram that is infinity (of equally likely segmentations, one).
  std::vector<int32_t> encode_sampled(std::string_view text, double strength, RandomStream stream) const;
  std::vector<int32_t> sample(std::string_view normalized, double strength, RandomStream stream) const;
  std::string normalized(std::string_view text) const;
  bool can_sample() const;

  TokenizerType type() const;

  const Vocabulary& vocabulary() const;
  bool has_own_ids() const;                // that are not the sentencepiece model's
  const std::string& model_bytes() const;  // empty without a sentencepiece model
  const std::string& fingerprint() const;  // SHA-256 of what decides the ids: the model, the vocabulary, or both

 private:
  struct State;
  explicit Tokenizer(std::unique_ptr<const State> state);

  std::unique_ptr<const State> state_;
};

}  // namespace heed

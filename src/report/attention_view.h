#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace heed {

// The attention of a model over one sentence pair, as plain numbers: what every picture of it is made from.
// The functions below throw std::invalid_argument where a view contradicts itself.

enum class AttentionKind { kEncoderSelf, kDecoderSelf, kCross };

// The tokens along one side of a map, in order.
struct AttentionAxis {
  std::vector<std::string> tokens;  // pieces as the vocabulary spells them; words after merge_to_words
  std::vector<int> words;           // the number of the word each token belongs to; -1: none (bos, eos)

  bool operator==(const AttentionAxis&) const = default;
};

// Which map: one head, or with 0 the average over all layers or all heads.
struct AttentionChoice {
  AttentionKind kind = AttentionKind::kCross;
  int layer = 0;  // from 1
  int head = 0;   // from 1
};

struct AttentionMap : AttentionChoice {
  int64_t rows = 0, columns = 0;
  std::vector<float> weights;  // (rows, columns), row-major: a row is one query's softmax over the keys
};

// A row is what the model looked at while it wrote a target token (cross, decoder self) or encoded a source token.
//   encoder self   source x source
//   decoder self   target x target_input
//   cross          target x source
struct AttentionView {
  AttentionAxis source;        // what the encoder reads: X eos
  AttentionAxis target;        // what the decoder writes: Y eos
  AttentionAxis target_input;  // what the decoder reads: bos Y; may be empty without maps of decoder self-attention
  std::vector<AttentionMap> maps;
};

// One of several models that are compared, by the name it is shown under.
struct ModelAttention {
  std::string model;
  AttentionView view;
};

std::string_view attention_kind_name(AttentionKind kind);  // "encoder_self", "decoder_self", "cross"

// The sides of the maps of a kind, and the names of those sides ("source", "target", "target_input").
const AttentionAxis& query_axis(const AttentionView& view, AttentionKind kind);
const AttentionAxis& key_axis(const AttentionView& view, AttentionKind kind);
std::string_view query_axis_name(AttentionKind kind);
std::string_view key_axis_name(AttentionKind kind);

// Throws unless every map has as many rows, columns and weights as its sides have tokens.
void check_attention(const AttentionView& view);

// One token per word: weights to the pieces of a word are summed, weights from its pieces are averaged (Clark et al.
// 2019, "What Does BERT Look At?", section 4.1), so rows sum to what they did. Tokens without a word stay as they are;
// a word's text is its pieces' without sentencepiece's mark U+2581.
AttentionView merge_to_words(const AttentionView& view);

// The chosen map, averaged where the choice says so. ConfigError, listing what there is, if the view has no such map.
AttentionMap choose_attention(const AttentionView& view, const AttentionChoice& choice);

}  // namespace heed

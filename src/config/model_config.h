#pragma once

#include "config/attention_config.h"
#include "config/field.h"

namespace heed {

enum class EncoderType { kTransformer, kRecurrent, kConvolutional };
constexpr auto enum_names(EncoderType) {
  return std::to_array<EnumName<EncoderType>>({{EncoderType::kTransformer, "transformer"},
                                               {EncoderType::kRecurrent, "recurrent"},
                                               {EncoderType::kConvolutional, "convolutional"}});
}

enum class DecoderType { kTransformer, kRecurrent };
constexpr auto enum_names(DecoderType) {
  return std::to_array<EnumName<DecoderType>>(
      {{DecoderType::kTransformer, "transformer"}, {DecoderType::kRecurrent, "recurrent"}});
}

// The last three are gated (Shazeer 2020): half of the inner columns, through sigmoid, gelu or swish, multiply the
// others.
enum class Activation { kRelu, kGelu, kSwish, kGlu, kGeglu, kSwiglu };
constexpr auto enum_names(Activation) {
  return std::to_array<EnumName<Activation>>({{Activation::kRelu, "relu"},
                                              {Activation::kGelu, "gelu"},
                                              {Activation::kSwish, "swish"},
                                              {Activation::kGlu, "glu"},
                                              {Activation::kGeglu, "geglu"},
                                              {Activation::kSwiglu, "swiglu"}});
}

enum class NormPlace { kPre, kPost };
constexpr auto enum_names(NormPlace) {
  return std::to_array<EnumName<NormPlace>>({{NormPlace::kPre, "pre"}, {NormPlace::kPost, "post"}});
}

constexpr bool is_gated(Activation activation) {
  return activation == Activation::kGlu || activation == Activation::kGeglu || activation == Activation::kSwiglu;
}

// kRms divides by the root mean square alone (Zhang and Sennrich 2019).
enum class NormType { kLayer, kRms };
constexpr auto enum_names(NormType) {
  return std::to_array<EnumName<NormType>>({{NormType::kLayer, "layer"}, {NormType::kRms, "rms"}});
}

// kSinusoidal and kLearned are added to the embeddings; with the others self-attention knows positions (nn/attention).
enum class Positions { kSinusoidal, kLearned, kRotary, kAlibi, kRelative, kNone };
constexpr auto enum_names(Positions) {
  return std::to_array<EnumName<Positions>>({{Positions::kSinusoidal, "sinusoidal"},
                                             {Positions::kLearned, "learned"},
                                             {Positions::kRotary, "rotary"},
                                             {Positions::kAlibi, "alibi"},
                                             {Positions::kRelative, "relative"},
                                             {Positions::kNone, "none"}});
}

// kAll: source embedding, target embedding and output projection are one matrix. kDecoder: the last two.
enum class TieEmbeddings { kAll, kDecoder, kNone };
constexpr auto enum_names(TieEmbeddings) {
  return std::to_array<EnumName<TieEmbeddings>>(
      {{TieEmbeddings::kAll, "all"}, {TieEmbeddings::kDecoder, "decoder"}, {TieEmbeddings::kNone, "none"}});
}

// kPytorch: what torch.nn.Linear, MultiheadAttention and Embedding start from.
enum class Initialization { kXavier, kPytorch };
constexpr auto enum_names(Initialization) {
  return std::to_array<EnumName<Initialization>>(
      {{Initialization::kXavier, "xavier"}, {Initialization::kPytorch, "pytorch"}});
}

enum class CellType { kGru, kLstm };
constexpr auto enum_names(CellType) {
  return std::to_array<EnumName<CellType>>({{CellType::kGru, "gru"}, {CellType::kLstm, "lstm"}});
}

// Of a recurrent decoder: whether attention comes before the state's step (Bahdanau et al. 2015) or after it (Luong et
// al. 2015).
enum class RecurrenceType { kBahdanau, kLuong };
constexpr auto enum_names(RecurrenceType) {
  return std::to_array<EnumName<RecurrenceType>>(
      {{RecurrenceType::kBahdanau, "bahdanau"}, {RecurrenceType::kLuong, "luong"}});
}

enum class BridgeType { kState, kMean, kZero };
constexpr auto enum_names(BridgeType) {
  return std::to_array<EnumName<BridgeType>>(
      {{BridgeType::kState, "state"}, {BridgeType::kMean, "mean"}, {BridgeType::kZero, "zero"}});
}

struct ModelConfig {
  EncoderType encoder = EncoderType::kTransformer;
  DecoderType decoder = DecoderType::kTransformer;
  int64_t d_model = 256;
  int64_t d_ff = 1024;
  int64_t num_heads = 4;
  int64_t num_key_heads = 0;
  int64_t num_encoder_layers = 3;
  int64_t num_decoder_layers = 3;
  double dropout = 0.1;
  double attention_dropout = 0;
  double activation_dropout = 0;
  Activation activation = Activation::kRelu;
  NormPlace norm = NormPlace::kPre;
  NormType norm_type = NormType::kLayer;
  Positions positions = Positions::kSinusoidal;
  int64_t max_positions = 0;
  TieEmbeddings tie_embeddings = TieEmbeddings::kAll;
  bool output_bias = false;
  Initialization initialization = Initialization::kXavier;
  int64_t kernel_width = 3;
  CellType cell = CellType::kGru;
  RecurrenceType recurrence = RecurrenceType::kBahdanau;
  bool input_feeding = true;
  BridgeType bridge = BridgeType::kState;
  bool variational_dropout = false;
  bool copy = false;
  bool coverage = false;
  double coverage_loss = 1;
  AttentionConfig encoder_attention;
  AttentionConfig decoder_attention;
  AttentionConfig cross_attention;

  bool operator==(const ModelConfig&) const = default;

  // Heads of one of the three attentions: its own number or, with 0, its default.
  int64_t heads_of(const AttentionConfig& attention, bool of_recurrent_decoder) const {
    if (attention.num_heads > 0) return attention.num_heads;
    return of_recurrent_decoder ? 1 : num_heads;
  }

  // Pieces of a target that there are positions for, beside that of bos.
  int64_t longest_target() const { return positions == Positions::kLearned ? max_positions - 1 : int64_t{1} << 40; }

  // Some parameter has a row or column for each position, and max_positions of them.
  bool has_longest_sentence() const {
    return positions == Positions::kLearned || encoder_attention.reach == ReachType::kLowRank ||
           cross_attention.reach == ReachType::kLowRank;
  }

  template <class Visitor>
  static void fields(Visitor&& visit) {
    visit("encoder", &ModelConfig::encoder, "kind of encoder");
    visit("decoder", &ModelConfig::decoder, "kind of decoder");
    visit("d_model", &ModelConfig::d_model, "width of embeddings and layers; even", between(2, 1 << 16));
    visit("d_ff", &ModelConfig::d_ff, "inner width of the feed-forward layers", between(1, 1 << 18));
    visit("num_heads", &ModelConfig::num_heads,
          "attention heads, where an attention names no others; a divisor of d_model", between(1, 1 << 10));
    visit("num_key_heads", &ModelConfig::num_key_heads,
          "heads of keys and values, each shared by equally many attention heads; 0: as many as attention heads",
          between(0, 1 << 10));
    visit("num_encoder_layers", &ModelConfig::num_encoder_layers, "layers of the encoder", between(1, 1000));
    visit("num_decoder_layers", &ModelConfig::num_decoder_layers, "layers of the decoder", between(1, 1000));
    visit("dropout", &ModelConfig::dropout, "of embeddings and of each sublayer's output", at_least(0).below(1));
    visit("attention_dropout", &ModelConfig::attention_dropout,
          "of attention weights, where an attention names no other", at_least(0).below(1));
    visit("activation_dropout", &ModelConfig::activation_dropout, "inside the feed-forward layers",
          at_least(0).below(1));
    visit("activation", &ModelConfig::activation,
          "of the feed-forward layers; glu, geglu and swiglu are gated (Shazeer 2020)");
    visit("norm", &ModelConfig::norm, "normalisation before each sublayer, or after it");
    visit("norm_type", &ModelConfig::norm_type,
          "layer: by mean and deviation; rms: by the root mean square (Zhang and Sennrich 2019)");
    visit(
        "positions", &ModelConfig::positions,
        "how rows know where they stand: sinusoids or learned vectors added to the embeddings; queries and keys "
        "rotated (Su et al. 2021); scores that fall with the distance (Press et al. 2022), or that are learned for it "
        "(Raffel et al. 2020); not at all");
    visit("max_positions", &ModelConfig::max_positions,
          "rows of learned positions, keys that a low_rank reach can mix; 0: as the longest sentence allowed",
          between(0, 1 << 20));
    visit("tie_embeddings", &ModelConfig::tie_embeddings,
          "all: source, target and output share one matrix; decoder: target and output do");
    visit("output_bias", &ModelConfig::output_bias, "a bias in the output projection");
    visit("initialization", &ModelConfig::initialization, "how weights start");
    visit("kernel_width", &ModelConfig::kernel_width, "rows that a convolution sees; odd", between(1, 1001));
    visit("cell", &ModelConfig::cell, "of recurrent layers");
    visit("recurrence", &ModelConfig::recurrence,
          "of a recurrent decoder: it attends with its state before the token, or with the one after");
    visit("input_feeding", &ModelConfig::input_feeding, "luong: the last output goes into the next step");
    visit("bridge", &ModelConfig::bridge,
          "what a recurrent decoder starts from: the encoder's last state (a Transformer's mean), its mean, or zeros");
    visit("variational_dropout", &ModelConfig::variational_dropout,
          "recurrent layers: one dropout mask for all steps of a sentence, on their states too");
    visit("copy", &ModelConfig::copy,
          "the decoder may copy words of the source, also words outside the vocabulary (pointer-generator, See et al. "
          "2017)");
    visit("coverage", &ModelConfig::coverage,
          "copying knows what of the source it has looked at (See et al. 2017, section 2.3)");
    visit("coverage_loss", &ModelConfig::coverage_loss,
          "how much it counts in training what copying looks at again, beside the loss of the text", at_least(0));
    visit("encoder_attention", &ModelConfig::encoder_attention, "self-attention of a Transformer encoder");
    visit("decoder_attention", &ModelConfig::decoder_attention, "self-attention of a Transformer decoder");
    visit("cross_attention", &ModelConfig::cross_attention, "attention of the decoder to the source");
  }
};

}  // namespace heed

#pragma once

#include <ostream>
#include <vector>

#include "support/tiny_model.h"

// Every kind of model, for properties that all have.
namespace heed::testing {

// A kind of model, as small as it can be.
struct Variant {
  const char* name;
  ModelConfig config;
};

inline void PrintTo(const Variant& variant, std::ostream* stream) { *stream << variant.name; }

template <class Change>
void add_to(std::vector<Variant>& all, const char* name, Change change) {
  ModelConfig config = tiny_config();
  change(config);
  all.push_back({name, config});
}

// The same for all three attentions.
template <class Change>
void each_attention(ModelConfig& config, Change change) {
  change(config.encoder_attention);
  change(config.decoder_attention);
  change(config.cross_attention);
}

inline void add_scores_and_normalizers(std::vector<Variant>& all) {
  using enum ScoreType;
  using enum NormalizerType;
  const auto add = [&](const char* name, ScoreType score, NormalizerType normalizer, auto besides) {
    add_to(all, name, [&](ModelConfig& c) {
      each_attention(c, [&](AttentionConfig& a) {
        a.score = score;
        a.normalizer = normalizer;
      });
      besides(c);
    });
  };
  const auto shared_keys = [](ModelConfig& c) { c.num_heads = 6, c.num_key_heads = 2; };
  const auto alone = [](ModelConfig&) {};
  add("Dot", kDot, kSoftmax, alone);
  add("General", kGeneral, kSoftmax, shared_keys);
  add("Additive", kAdditive, kSoftmax, shared_keys);
  add("Cosine", kCosine, kSoftmax, shared_keys);
  add("Euclidean", kEuclidean, kSoftmax, shared_keys);
  add("Sparsemax", kScaledDot, kSparsemax, alone);
  add("Entmax15", kScaledDot, kEntmax15, shared_keys);
  add("AdditiveEntmax15Relative", kAdditive, kEntmax15, [](ModelConfig& c) { c.positions = Positions::kRelative; });
  add("EuclideanSparsemaxAlibi", kEuclidean, kSparsemax, [](ModelConfig& c) { c.positions = Positions::kAlibi; });
  add("CosineRotaryWindow", kCosine, kSoftmax, [](ModelConfig& c) {
    c.positions = Positions::kRotary;
    c.encoder_attention.reach = c.decoder_attention.reach = ReachType::kWindow;
    c.encoder_attention.window_behind = c.decoder_attention.window_behind = 3;
    c.encoder_attention.window_ahead = 2;
  });
  add("EuclideanAlibiStrided", kEuclidean, kSoftmax, [](ModelConfig& c) {
    c.positions = Positions::kAlibi;
    c.encoder_attention.reach = c.decoder_attention.reach = ReachType::kStrided;
    c.encoder_attention.stride = c.decoder_attention.stride = 3;
  });
}

inline void add_reaches_and_positions(std::vector<Variant>& all) {
  const auto low_rank = [](AttentionConfig& a) { a.reach = ReachType::kLowRank, a.rank = 3; };
  const auto spans = [](AttentionConfig& a) {
    a.reach = ReachType::kAdaptiveSpan;
    a.max_span = 17;
    a.span_ramp = 4;
    a.span_penalty = 0.01;
  };
  const auto predictive = [](AttentionConfig& a) {
    a.reach = ReachType::kLocalPredictive;
    a.window_behind = 2;
    a.window_ahead = 3;
  };
  add_to(all, "LocalPredictive", [&](ModelConfig& c) { predictive(c.cross_attention); });
  add_to(all, "LocalPredictiveAdditiveSparsemax", [&](ModelConfig& c) {
    predictive(c.cross_attention);
    c.cross_attention.score = ScoreType::kAdditive;
    c.cross_attention.normalizer = NormalizerType::kSparsemax;
  });
  add_to(all, "LowRank", [&](ModelConfig& c) {
    low_rank(c.encoder_attention), low_rank(c.cross_attention);
    c.max_positions = 60;
  });
  add_to(all, "LowRankCosineEuclidean", [&](ModelConfig& c) {
    low_rank(c.encoder_attention), low_rank(c.cross_attention);
    c.encoder_attention.score = ScoreType::kCosine;
    c.cross_attention.score = ScoreType::kEuclidean;
    c.max_positions = 60;
    c.num_key_heads = 1;
  });
  add_to(all, "AdaptiveSpan", [&](ModelConfig& c) { spans(c.encoder_attention), spans(c.decoder_attention); });
  add_to(all, "AdaptiveSpanAlibiEntmax15", [&](ModelConfig& c) {
    spans(c.encoder_attention), spans(c.decoder_attention);
    c.positions = Positions::kAlibi;
    c.decoder_attention.normalizer = NormalizerType::kEntmax15;
  });
  add_to(all, "Relative", [](ModelConfig& c) { c.positions = Positions::kRelative; });
  add_to(all, "RelativeWindowsSharedKeys", [](ModelConfig& c) {
    c.positions = Positions::kRelative;
    c.num_heads = 6;
    c.num_key_heads = 2;
    c.encoder_attention = {.reach = ReachType::kWindow, .window_behind = 4, .window_ahead = 1};
    c.decoder_attention = {.reach = ReachType::kWindow, .window_behind = 3};
  });
}

inline void add_recurrent_attentions(std::vector<Variant>& all) {
  const auto add = [&](const char* name, RecurrenceType recurrence, const AttentionConfig& attention) {
    add_to(all, name, [&](ModelConfig& c) {
      c.encoder = EncoderType::kRecurrent;
      c.decoder = DecoderType::kRecurrent;
      c.recurrence = recurrence;
      c.cross_attention = attention;
    });
  };
  using enum RecurrenceType;
  using enum ScoreType;
  add("BahdanauScaledDot", kBahdanau, {.score = kScaledDot});
  add("BahdanauCosineHeads", kBahdanau, {.score = kCosine, .num_heads = 4});
  add("BahdanauEuclidean", kBahdanau, {.score = kEuclidean});
  add("BahdanauAdditiveHeadsEntmax15", kBahdanau, {.normalizer = NormalizerType::kEntmax15, .num_heads = 3});
  add("BahdanauLocalPredictive", kBahdanau,
      {.reach = ReachType::kLocalPredictive, .window_behind = 2, .window_ahead = 2});
  add("LuongDotHeads", kLuong, {.score = kDot, .num_heads = 2});
  add("LuongDotHeadsDropout", kLuong, {.score = kDot, .num_heads = 3, .dropout = 0.2});
  add("LuongGeneralSparsemax", kLuong, {.normalizer = NormalizerType::kSparsemax});
  add("LuongLocalMonotonic", kLuong, {.reach = ReachType::kLocalMonotonic, .window_behind = 3, .window_ahead = 1});
  add("LuongLocalPredictive", kLuong,
      {.score = kDot, .reach = ReachType::kLocalPredictive, .window_behind = 3, .window_ahead = 3, .num_heads = 2});
}

inline void add_other_layers(std::vector<Variant>& all) {
  add_to(all, "RmsNormSwiglu", [](ModelConfig& c) {
    c.norm_type = NormType::kRms;
    c.activation = Activation::kSwiglu;
  });
  add_to(all, "PostRmsNormGlu", [](ModelConfig& c) {
    c.norm = NormPlace::kPost;
    c.norm_type = NormType::kRms;
    c.activation = Activation::kGlu;
  });
  add_to(all, "Geglu", [](ModelConfig& c) { c.activation = Activation::kGeglu; });
  const auto convolutional = [&](const char* name, auto change) {
    add_to(all, name, [&](ModelConfig& c) {
      c.encoder = EncoderType::kConvolutional;
      change(c);
    });
  };
  convolutional("ConvolutionalEncoder", [](ModelConfig&) {});
  convolutional("WideConvolutionsLearnedPositions", [](ModelConfig& c) {
    c.kernel_width = 5;
    c.positions = Positions::kLearned;
    c.max_positions = 60;
  });
  convolutional("ConvolutionalEncoderBahdanauDecoder", [](ModelConfig& c) { c.decoder = DecoderType::kRecurrent; });
  convolutional("ConvolutionalEncoderLuongHeadsDecoder", [](ModelConfig& c) {
    c.decoder = DecoderType::kRecurrent;
    c.recurrence = RecurrenceType::kLuong;
    c.cross_attention.num_heads = 2;
  });
}

inline void add_copying(std::vector<Variant>& all) {
  const auto add = [&](const char* name, DecoderType decoder, RecurrenceType recurrence, bool coverage) {
    add_to(all, name, [&](ModelConfig& c) {
      c.decoder = decoder;
      if (decoder == DecoderType::kRecurrent) c.encoder = EncoderType::kRecurrent;
      c.recurrence = recurrence;
      c.copy = true;
      c.coverage = coverage;
    });
  };
  using enum DecoderType;
  using enum RecurrenceType;
  add("Copying", kTransformer, kBahdanau, false);
  add("CopyingWithCoverage", kTransformer, kBahdanau, true);
  add("BahdanauCopying", kRecurrent, kBahdanau, false);
  add("LuongCopyingWithCoverage", kRecurrent, kLuong, true);
}

inline std::vector<Variant> model_variants() {
  std::vector<Variant> all;
  const auto add = [&](const char* name, auto change) { add_to(all, name, change); };
  add("PreNorm", [](ModelConfig&) {});
  add("PostNorm", [](ModelConfig& c) { c.norm = NormPlace::kPost; });
  add("LearnedPositions", [](ModelConfig& c) {
    c.positions = Positions::kLearned;
    c.max_positions = 40;
  });
  add("GeluUntied", [](ModelConfig& c) {
    c.activation = Activation::kGelu;
    c.tie_embeddings = TieEmbeddings::kNone;
    c.output_bias = true;
  });
  add("SwishDeepEncoder", [](ModelConfig& c) {
    c.activation = Activation::kSwish;
    c.tie_embeddings = TieEmbeddings::kDecoder;
    c.num_encoder_layers = 3;
    c.num_decoder_layers = 1;
    c.initialization = Initialization::kPytorch;
  });
  add("Rotary", [](ModelConfig& c) { c.positions = Positions::kRotary; });
  add("RotaryWindowsSharedKeys", [](ModelConfig& c) {
    c.positions = Positions::kRotary;
    c.num_heads = 4;
    c.num_key_heads = 2;
    c.decoder_attention = {.reach = ReachType::kWindow, .window_behind = 3};
  });
  add("Alibi", [](ModelConfig& c) { c.positions = Positions::kAlibi; });
  add("NoPositions", [](ModelConfig& c) { c.positions = Positions::kNone; });
  add("SharedKeyHeads", [](ModelConfig& c) {
    c.num_heads = 6;
    c.num_key_heads = 2;
  });
  add("Windows", [](ModelConfig& c) {
    c.encoder_attention.reach = c.decoder_attention.reach = ReachType::kWindow;
    c.cross_attention.reach = ReachType::kLocalMonotonic;
    c.encoder_attention.window_behind = c.cross_attention.window_ahead = 2;
    c.encoder_attention.window_ahead = c.decoder_attention.window_behind = c.cross_attention.window_behind = 3;
  });
  add("Strides", [](ModelConfig& c) {
    c.encoder_attention.reach = c.decoder_attention.reach = ReachType::kStrided;
    c.encoder_attention.stride = 3;
    c.decoder_attention.stride = 2;
  });
  add("AlibiWindowsOfOwnHeads", [](ModelConfig& c) {
    c.positions = Positions::kAlibi;
    c.num_key_heads = 2;
    c.encoder_attention = {.reach = ReachType::kWindow, .window_behind = 4, .window_ahead = 1, .num_heads = 6};
    c.decoder_attention.num_heads = 4;
    c.cross_attention.num_heads = 2;
  });
  const auto recurrent_decoder = [](ModelConfig& c) { c.decoder = DecoderType::kRecurrent; };
  const auto recurrent = [](ModelConfig& c) {
    c.encoder = EncoderType::kRecurrent;
    c.decoder = DecoderType::kRecurrent;
  };
  const auto luong = [&](ModelConfig& c) {
    recurrent(c);
    c.recurrence = RecurrenceType::kLuong;
  };
  add("RecurrentGruBahdanau", recurrent);
  add("RecurrentLstmBahdanau", [&](ModelConfig& c) {
    recurrent(c);
    c.cell = CellType::kLstm;
    c.num_decoder_layers = 1;
    c.tie_embeddings = TieEmbeddings::kNone;
    c.output_bias = true;
    c.variational_dropout = true;
  });
  add("RecurrentGruLuongGeneral", luong);
  add("RecurrentLstmLuongDot", [&](ModelConfig& c) {
    luong(c);
    c.cell = CellType::kLstm;
    c.cross_attention.score = ScoreType::kDot;
    c.bridge = BridgeType::kMean;
    c.initialization = Initialization::kPytorch;
  });
  add("RecurrentGruLuongConcatUnfed", [&](ModelConfig& c) {
    luong(c);
    c.cross_attention.score = ScoreType::kAdditive;
    c.input_feeding = false;
    c.bridge = BridgeType::kZero;
    c.variational_dropout = true;
  });
  add("TransformerEncoderBahdanauDecoder", recurrent_decoder);
  add("TransformerEncoderLuongLstmDecoder", [&](ModelConfig& c) {
    recurrent_decoder(c);
    c.recurrence = RecurrenceType::kLuong;
    c.cell = CellType::kLstm;
  });
  add("GruEncoderTransformerDecoder", [](ModelConfig& c) { c.encoder = EncoderType::kRecurrent; });
  add("LstmEncoderTransformerDecoder", [](ModelConfig& c) {
    c.encoder = EncoderType::kRecurrent;
    c.cell = CellType::kLstm;
    c.variational_dropout = true;
  });
  add_scores_and_normalizers(all);
  add_reaches_and_positions(all);
  add_recurrent_attentions(all);
  add_copying(all);
  add_other_layers(all);
  return all;
}

}  // namespace heed::testing

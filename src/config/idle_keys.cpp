#include "config/idle_keys.h"

#include <algorithm>

namespace heed {
namespace {

struct Condition {
  std::string_view key;
  bool (*counts)(const Config&);
  std::string_view need;
};

bool has_transformer(const Config& c) {
  return c.model.encoder == EncoderType::kTransformer || c.model.decoder == DecoderType::kTransformer;
}
bool is_recurrent(const Config& c) {
  return c.model.encoder == EncoderType::kRecurrent || c.model.decoder == DecoderType::kRecurrent;
}
bool decodes_recurrently(const Config& c) { return c.model.decoder == DecoderType::kRecurrent; }
bool convolves(const Config& c) { return c.model.encoder == EncoderType::kConvolutional; }
bool has_positions(const Config& c) { return has_transformer(c) || convolves(c); }
bool attends_as_luong(const Config& c) { return c.model.recurrence == RecurrenceType::kLuong; }
bool has_longest(const Config& c) { return c.model.has_longest_sentence(); }
bool drops(const Config& c) { return c.model.dropout > 0; }

bool copies(const Config& c) { return c.model.copy; }
bool covers(const Config& c) { return c.model.copy && c.model.coverage; }

bool is_sgd(const Config& c) { return c.optimizer.type == OptimizerType::kSgd; }
bool is_adam(const Config& c) { return !is_sgd(c); }

bool is_noam(const Config& c) { return c.schedule.type == ScheduleType::kNoam; }
bool has_peak(const Config& c) { return !is_noam(c); }
bool has_end(const Config& c) {
  return c.schedule.type == ScheduleType::kLinear || c.schedule.type == ScheduleType::kCosine;
}
bool decays_after_warmup(const Config& c) { return c.schedule.decay_start_step >= c.schedule.warmup_steps; }

bool trains_tokenizer(const Config& c) { return c.tokenizer.source_model.empty() && c.tokenizer.target_model.empty(); }
bool cuts_text(const Config& c) { return c.tokenizer.type != TokenizerType::kNone; }

bool is_rewarded(const Config& c) { return c.train.objective != Objective::kCrossEntropy; }
bool has_cross_entropy(const Config& c) { return !is_rewarded(c) || c.train.cross_entropy_weight > 0; }
bool minimizes_expected_risk(const Config& c) { return c.train.objective == Objective::kMinimumRisk; }
bool is_guided(const Config& c) { return !c.train.guided_alignment.empty(); }
bool teaches(const Config& c) { return c.train.guided_alignment_weight > 0; }
bool has_origin(const Config& c) { return !c.train.initialize_from.empty(); }
bool validates(const Config& c) { return !c.data.validation.empty(); }
bool validates_or_waits_for_nothing(const Config& c) { return validates(c) || c.train.patience == 0; }
bool samples(const Config& c) { return c.decode.sampling; }
bool searches(const Config& c) { return !c.decode.sampling; }
bool minimizes_risk(const Config& c) { return c.decode.mbr != MinimumRisk::kNone; }
bool writes_unknown(const Config& c) { return c.decode.allow_unk; }
bool diversifies(const Config& c) { return c.decode.beam_groups > 1; }
bool normalizes_scores(const Config& c) { return c.decode.length_penalty != 0; }

// Whether any attention of layers is as model.num_heads or model.attention_dropout say.
template <class IsDefault>
bool any_attention(const ModelConfig& model, IsDefault is_default) {
  const bool decodes = model.decoder == DecoderType::kTransformer;
  return (model.encoder == EncoderType::kTransformer && is_default(model.encoder_attention)) ||
         (decodes && (is_default(model.decoder_attention) || is_default(model.cross_attention)));
}
bool takes_default_heads(const Config& c) {
  return any_attention(c.model, [](const AttentionConfig& a) { return a.num_heads == 0; });
}
bool takes_default_dropout(const Config& c) {
  return any_attention(c.model, [](const AttentionConfig& a) { return a.dropout < 0; });
}

constexpr std::string_view kTransformerSide = "it needs model.encoder or model.decoder transformer";
constexpr std::string_view kRecurrentSide = "it needs model.encoder or model.decoder recurrent";
constexpr std::string_view kRecurrentDecoder = "it needs model.decoder recurrent";
constexpr std::string_view kPositionedSide =
    "it needs model.encoder transformer or convolutional, or model.decoder transformer";
constexpr std::string_view kLuong = "it needs model.recurrence luong";
constexpr std::string_view kAdam = "it needs optimizer.type adam or adamw";
constexpr std::string_view kFallsToAnEnd = "it needs schedule.type linear or cosine";
constexpr std::string_view kOwnTokenizer = "it needs tokenizer.source_model empty, so that a tokenizer is trained";
constexpr std::string_view kPieces = "it needs a tokenizer.type other than none";
constexpr std::string_view kCrossEntropy =
    "it needs train.objective cross_entropy, or a train.cross_entropy_weight above 0";
constexpr std::string_view kReward = "it needs train.objective minimum_risk or self_critical";
constexpr std::string_view kSampling = "it needs decode.sampling";
constexpr std::string_view kSearch = "decode.sampling draws instead of searching";
constexpr std::string_view kValidation = "it needs data.validation";

constexpr Condition kConditions[] = {
    {"tokenizer.vocab_size", trains_tokenizer, kOwnTokenizer},
    {"tokenizer.training_lines", trains_tokenizer, kOwnTokenizer},
    {"tokenizer.normalization", trains_tokenizer, kOwnTokenizer},
    {"tokenizer.normalization", cuts_text, kPieces},
    {"tokenizer.character_coverage", trains_tokenizer, kOwnTokenizer},
    {"tokenizer.character_coverage", cuts_text, kPieces},
    {"tokenizer.user_symbols", trains_tokenizer, kOwnTokenizer},
    {"tokenizer.user_symbols", cuts_text, kPieces},

    {"model.d_ff", has_transformer, kTransformerSide},
    {"model.num_heads", has_transformer, kTransformerSide},
    {"model.num_heads", takes_default_heads, "it needs an attention without num_heads of its own"},
    {"model.num_key_heads", has_transformer, kTransformerSide},
    {"model.attention_dropout", has_transformer, kTransformerSide},
    {"model.attention_dropout", takes_default_dropout, "it needs an attention without dropout of its own"},
    {"model.activation_dropout", has_transformer, kTransformerSide},
    {"model.activation", has_transformer, kTransformerSide},
    {"model.norm", has_transformer, kTransformerSide},
    {"model.norm_type", has_transformer, kTransformerSide},
    {"model.positions", has_positions, kPositionedSide},
    {"model.max_positions", has_longest, "it needs model.positions learned or an attention of reach low_rank"},
    {"model.kernel_width", convolves, "it needs model.encoder convolutional"},
    {"model.cell", is_recurrent, kRecurrentSide},
    {"model.variational_dropout", is_recurrent, kRecurrentSide},
    {"model.variational_dropout", drops, "it needs a model.dropout above 0"},
    {"model.recurrence", decodes_recurrently, kRecurrentDecoder},
    {"model.input_feeding", decodes_recurrently, kRecurrentDecoder},
    {"model.input_feeding", attends_as_luong, kLuong},
    {"model.bridge", decodes_recurrently, kRecurrentDecoder},
    {"model.coverage", copies, "it needs model.copy"},
    {"model.coverage_loss", covers, "it needs model.copy and model.coverage"},

    {"optimizer.learning_rate", has_peak, "schedule.type noam goes by schedule.factor instead"},
    {"optimizer.betas", is_adam, kAdam},
    {"optimizer.epsilon", is_adam, kAdam},
    {"optimizer.momentum", is_sgd, "it needs optimizer.type sgd"},

    {"schedule.decay_start_step", has_end, kFallsToAnEnd},
    {"schedule.decay_start_step", decays_after_warmup, "it must not lie before the end of schedule.warmup_steps"},
    {"schedule.final_ratio", has_end, kFallsToAnEnd},
    {"schedule.factor", is_noam, "it needs schedule.type noam"},

    {"train.initialize_tokenizer", has_origin, "it needs train.initialize_from"},
    {"train.reward", is_rewarded, kReward},
    {"train.reward_samples", is_rewarded, kReward},
    {"train.cross_entropy_weight", is_rewarded, kReward},
    {"train.risk_sharpness", minimizes_expected_risk, "it needs train.objective minimum_risk"},
    {"train.label_smoothing", has_cross_entropy, kCrossEntropy},
    {"train.guided_alignment", has_cross_entropy, kCrossEntropy},
    {"train.guided_alignment", teaches, "it needs a train.guided_alignment_weight above 0"},
    {"train.guided_alignment_weight", is_guided, "it needs train.guided_alignment"},
    {"train.guided_alignment_head", is_guided, "it needs train.guided_alignment"},
    {"train.validation_beam_size", validates, kValidation},
    {"train.early_stopping_metric", validates, kValidation},
    {"train.patience", validates_or_waits_for_nothing, kValidation},

    {"decode.coverage_penalty", searches, kSearch},
    {"decode.patience", searches, kSearch},
    {"decode.beam_groups", searches, kSearch},
    {"decode.diversity_penalty", diversifies, "it needs a decode.beam_groups above 1"},
    {"decode.temperature", samples, kSampling},
    {"decode.top_k", samples, kSampling},
    {"decode.top_p", samples, kSampling},
    {"decode.sampling_seed", samples, kSampling},
    {"decode.mbr_candidates", minimizes_risk, "it needs a decode.mbr"},
    {"decode.replace_unknown", writes_unknown, "it needs decode.allow_unk"},
    {"decode.length_penalty_type", normalizes_scores, "decode.length_penalty 0 leaves scores as they are"},
};

// The same for a key of one of the three attentions.
struct AttentionCondition {
  std::string_view key;
  bool (*counts)(const AttentionConfig&);
  std::string_view need, need_of_cross;
};

bool has_window(const AttentionConfig& a) { return a.has_window(); }
bool has_stride(const AttentionConfig& a) { return a.reach == ReachType::kStrided; }
bool has_rank(const AttentionConfig& a) { return a.reach == ReachType::kLowRank; }
bool has_span(const AttentionConfig& a) { return a.reach == ReachType::kAdaptiveSpan; }
constexpr std::string_view kWindow = "it needs a reach of window";
constexpr std::string_view kLocal = "it needs a reach of local_monotonic or local_predictive";
constexpr std::string_view kStride = "it needs a reach of strided";
constexpr std::string_view kRank = "it needs a reach of low_rank";
constexpr std::string_view kSpan = "it needs a reach of adaptive_span";
constexpr std::string_view kNotInCross = "it needs a reach that cross-attention does not have";

constexpr AttentionCondition kAttentionConditions[] = {
    {"window_behind", has_window, kWindow, kLocal}, {"window_ahead", has_window, kWindow, kLocal},
    {"stride", has_stride, kStride, kNotInCross},   {"rank", has_rank, kRank, kRank},
    {"max_span", has_span, kSpan, kNotInCross},     {"span_ramp", has_span, kSpan, kNotInCross},
    {"span_penalty", has_span, kSpan, kNotInCross},
};

struct Attention {
  std::string_view name;
  AttentionConfig ModelConfig::*section;
  bool (*exists)(const Config&);
  std::string_view need;  // empty: every model has it
};

bool encodes_by_attention(const Config& c) { return c.model.encoder == EncoderType::kTransformer; }
bool always(const Config&) { return true; }
bool decodes_by_attention(const Config& c) { return c.model.decoder == DecoderType::kTransformer; }

constexpr std::string_view kTransformerDecoder = "it needs model.decoder transformer";
constexpr Attention kAttentions[] = {
    {"model.encoder_attention", &ModelConfig::encoder_attention, encodes_by_attention,
     "it needs model.encoder transformer"},
    {"model.decoder_attention", &ModelConfig::decoder_attention, decodes_by_attention, kTransformerDecoder},
    {"model.cross_attention", &ModelConfig::cross_attention, always, ""},
};
// What a decoder's attention never has.
constexpr AttentionCondition kNotInDecoders[] = {
    {"window_ahead", has_window, "it needs a reach that looks ahead, which a decoder does not have", ""},
    {"rank", has_rank, "it needs a reach of low_rank, which a decoder does not have", ""},
};

struct Need {
  std::string_view text;
  bool is_met;
};

// Of a key of one of the attentions, the first to be named first; none of other keys.
std::vector<Need> needs_of_attention(std::string_view key, const Config& config) {
  for (const Attention& attention : kAttentions) {
    if (!key.starts_with(attention.name)) continue;
    const std::string_view rest = key.substr(attention.name.size() + 1);
    if (attention.section == &ModelConfig::decoder_attention)
      for (const AttentionCondition& never : kNotInDecoders)
        if (never.key == rest) return {{never.need, false}};
    const bool cross = attention.section == &ModelConfig::cross_attention;
    std::vector<Need> needs;
    if (!attention.need.empty()) needs.push_back({attention.need, attention.exists(config)});
    for (const AttentionCondition& condition : kAttentionConditions)
      if (condition.key == rest)
        needs.push_back(
            {cross ? condition.need_of_cross : condition.need, condition.counts(config.model.*attention.section)});
    return needs;
  }
  return {};
}

}  // namespace

std::vector<IdleKey> idle_keys(const Config& config) {
  std::vector<IdleKey> idle;
  for (const std::string& key : differing_keys(config, Config())) {
    if (has_origin(config) && key.starts_with("model.")) continue;  // its model may be of the kind that is needed
    for (const Condition& condition : kConditions) {
      if (condition.key != key || condition.counts(config)) continue;
      idle.push_back({key, condition.need});
      break;
    }
    const auto needs = needs_of_attention(key, config);
    const auto unmet = std::find_if(needs.begin(), needs.end(), [](const Need& need) { return !need.is_met; });
    if (unmet != needs.end()) idle.push_back({key, unmet->text});
  }
  return idle;
}

std::vector<std::string_view> needs_of(std::string_view key) {
  std::vector<std::string_view> needs;
  for (const Need& need : needs_of_attention(key, Config())) needs.push_back(need.text);
  for (const Condition& condition : kConditions) {
    if (condition.key == key) needs.push_back(condition.need);
  }
  return needs;
}

}  // namespace heed

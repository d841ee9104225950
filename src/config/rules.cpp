#include "config/rules.h"

#include <algorithm>

#include "config/device_name.h"
#include "config/value.h"
#include "core/error.h"

namespace heed {
namespace {

class Rules {
 public:
  explicit Rules(const KeyPlaces& places) : places_(places) {}

  // `keys` are those that could be changed to satisfy the rule, the likeliest first.
  void require(bool holds, std::initializer_list<std::string_view> keys, const std::string& message) const {
    if (holds) return;
    const std::string place = places_.of(keys);
    throw ConfigError(place.empty() ? message : place + ": " + message);
  }

 private:
  const KeyPlaces& places_;
};

template <class Value>
bool all_different(std::vector<Value> values) {
  std::sort(values.begin(), values.end());
  return std::adjacent_find(values.begin(), values.end()) == values.end();
}

bool has_empty(const std::vector<std::string>& texts) {
  return std::find(texts.begin(), texts.end(), "") != texts.end();
}

void check_corpus(const CorpusConfig& corpus, const std::string& name, const Rules& rules) {
  const std::string source = "data." + name + ".source";
  const std::string target = "data." + name + ".target";
  rules.require(!has_empty(corpus.source), {source}, source + " holds an empty file name");
  rules.require(!has_empty(corpus.target), {target}, target + " holds an empty file name");
  rules.require(corpus.source.size() == corpus.target.size(), {source, target},
                source + " names " + std::to_string(corpus.source.size()) +
                    (corpus.source.size() == 1 ? " file but " : " files but ") + target + " " +
                    std::to_string(corpus.target.size()) + ": files are read in pairs");
}

void check_tokenizer(const TokenizerConfig& tokenizer, const Rules& rules) {
  const std::string type(name_of(tokenizer.type));
  const bool samples = tokenizer.type == TokenizerType::kBpe || tokenizer.type == TokenizerType::kUnigram;
  rules.require(tokenizer.sampling == 0 || samples, {"tokenizer.sampling", "tokenizer.type"},
                "tokenizer.sampling must be 0 for tokenizer.type " + type + ": only bpe and unigram have noise");
  rules.require(tokenizer.sampling <= 1 || tokenizer.type != TokenizerType::kBpe,
                {"tokenizer.sampling", "tokenizer.type"},
                "tokenizer.sampling is a probability for bpe: at most 1, got " + to_yaml(tokenizer.sampling));
  rules.require(!has_empty(tokenizer.user_symbols) && all_different(tokenizer.user_symbols), {"tokenizer.user_symbols"},
                "tokenizer.user_symbols must be different and not empty");
  for (const char* special : {"<pad>", "<unk>", "<s>", "</s>"}) {
    const auto& symbols = tokenizer.user_symbols;
    rules.require(std::find(symbols.begin(), symbols.end(), special) == symbols.end(), {"tokenizer.user_symbols"},
                  std::string("tokenizer.user_symbols must not hold ") + special + ", which has a meaning already");
  }
  const bool given = !tokenizer.source_model.empty() || !tokenizer.target_model.empty();
  rules.require(!given || tokenizer.type != TokenizerType::kNone, {"tokenizer.type", "tokenizer.source_model"},
                "tokenizer.type none uses no sentencepiece model: leave source_model and target_model empty");
  rules.require(!given || !tokenizer.shared || tokenizer.target_model.empty(),
                {"tokenizer.target_model", "tokenizer.shared"},
                "tokenizer.target_model must be empty where tokenizer.shared is true: source_model serves both sides");
  rules.require(!given || tokenizer.shared || !(tokenizer.source_model.empty() || tokenizer.target_model.empty()),
                {"tokenizer.source_model", "tokenizer.target_model"},
                "tokenizer.source_model and target_model must both be given, or neither");
}

// What each attention can reach, and whose it is.
struct AttentionKind {
  std::string name;  // of its section
  const AttentionConfig& config;
  std::vector<ReachType> reaches;
  bool recurrent = false;
};

void check_heads(const ModelConfig& model, const AttentionKind& kind, const Rules& rules) {
  const std::string own_heads = "model." + kind.name + ".num_heads";
  const std::string key = kind.config.num_heads > 0 ? own_heads : "model.num_heads";
  const int64_t heads = model.heads_of(kind.config, kind.recurrent);
  rules.require(model.d_model % heads == 0, {key, "model.d_model"},
                key + " must divide model.d_model (" + to_yaml(model.d_model) + "), got " + to_yaml(heads));
  rules.require(
      kind.recurrent || model.num_key_heads == 0 || heads % model.num_key_heads == 0, {"model.num_key_heads", key},
      "model.num_key_heads must divide " + key + " (" + to_yaml(heads) + "), got " + to_yaml(model.num_key_heads));
}

void check_attention(const ModelConfig& model, const AttentionKind& kind, const Rules& rules) {
  check_heads(model, kind, rules);
  const AttentionConfig& attention = kind.config;
  const std::string section = "model." + kind.name, reach = section + ".reach", dropout = section + ".dropout";
  rules.require(attention.dropout == -1 || attention.dropout >= 0, {dropout},
                dropout + " must be -1 (as model.attention_dropout) or at least 0, got " + to_yaml(attention.dropout));
  std::vector<std::string_view> names;
  for (const ReachType one : kind.reaches) names.push_back(name_of(one));
  rules.require(std::find(kind.reaches.begin(), kind.reaches.end(), attention.reach) != kind.reaches.end(), {reach},
                reach + " must be " + one_of(names, "or") + ", got " + to_yaml(attention.reach));
  rules.require(attention.reach != ReachType::kLocalPredictive || attention.window_behind > 0,
                {section + ".window_behind", reach},
                section +
                    ".window_behind must be at least 1 for a reach of local_predictive, whose window could else be "
                    "empty");
}

// What the positions that self-attention is told of ask of it.
void check_positions(const ModelConfig& model, const AttentionKind& kind, const Rules& rules) {
  const std::string section = "model." + kind.name, positions = "model.positions " + to_yaml(model.positions);
  const bool rotates = model.positions == Positions::kRotary;
  const bool told = rotates || model.positions == Positions::kAlibi || model.positions == Positions::kRelative;
  rules.require(
      !rotates || model.d_model / model.heads_of(kind.config, kind.recurrent) % 2 == 0,
      {"model.positions", "model.num_heads", "model.d_model"},
      "model.positions rotary turns pairs of columns: a head's size, model.d_model by its heads, must be even");
  rules.require(!rotates || kind.config.score != ScoreType::kAdditive, {section + ".score", "model.positions"},
                section +
                    ".score additive knows no positions by rotation: choose another score, or other "
                    "model.positions than rotary");
  rules.require(!told || kind.config.reach != ReachType::kLowRank, {section + ".reach", "model.positions"},
                section + ".reach low_rank mixes keys of many positions, of which " + positions +
                    " says nothing: choose sinusoidal, learned or none");
}

void check_attentions(const ModelConfig& model, const Rules& rules) {
  using enum ReachType;
  const bool recurrent = model.decoder == DecoderType::kRecurrent;
  const AttentionKind encoder{
      "encoder_attention", model.encoder_attention, {kGlobal, kWindow, kStrided, kLowRank, kAdaptiveSpan}};
  const AttentionKind decoder{
      "decoder_attention", model.decoder_attention, {kGlobal, kWindow, kStrided, kAdaptiveSpan}};
  const AttentionKind cross{
      "cross_attention", model.cross_attention, {kGlobal, kLocalMonotonic, kLocalPredictive}, true};
  const AttentionKind cross_of_layers{
      "cross_attention", model.cross_attention, {kGlobal, kLocalMonotonic, kLocalPredictive, kLowRank}};
  check_attention(model, recurrent ? cross : cross_of_layers, rules);
  std::vector<const AttentionKind*> self;
  if (model.encoder == EncoderType::kTransformer) self.push_back(&encoder);
  if (!recurrent) self.push_back(&decoder);
  for (const AttentionKind* kind : self) {
    check_attention(model, *kind, rules);
    check_positions(model, *kind, rules);
  }
}

void check_model(const Config& config, const Rules& rules) {
  const ModelConfig& model = config.model;
  const bool convolves = model.encoder == EncoderType::kConvolutional;
  const bool has_positions =
      convolves || model.encoder == EncoderType::kTransformer || model.decoder == DecoderType::kTransformer;
  check_attentions(model, rules);
  rules.require(!has_positions || model.d_model % 2 == 0 || model.positions != Positions::kSinusoidal,
                {"model.d_model", "model.positions"},
                "model.d_model must be even for sinusoidal positions, got " + to_yaml(model.d_model));
  const bool added = model.positions == Positions::kSinusoidal || model.positions == Positions::kLearned ||
                     model.positions == Positions::kNone;
  rules.require(!convolves || added, {"model.positions", "model.encoder"},
                "model.positions must be sinusoidal, learned or none for a convolutional encoder, got " +
                    to_yaml(model.positions));
  rules.require(!convolves || model.kernel_width % 2 == 1, {"model.kernel_width"},
                "model.kernel_width must be odd, as many rows before as after, got " + to_yaml(model.kernel_width));
  rules.require(model.d_model % 2 == 0 || model.encoder != EncoderType::kRecurrent, {"model.d_model", "model.encoder"},
                "model.d_model must be even for a recurrent encoder, which halves it, got " + to_yaml(model.d_model));
  rules.require(model.tie_embeddings != TieEmbeddings::kAll || config.tokenizer.shared,
                {"model.tie_embeddings", "tokenizer.shared"},
                "model.tie_embeddings all needs one vocabulary: set tokenizer.shared: true or tie_embeddings: decoder");
  rules.require(!model.copy || config.tokenizer.shared, {"model.copy", "tokenizer.shared"},
                "model.copy needs one vocabulary, so that words of the source are words of the target: set "
                "tokenizer.shared: true");
  const bool copies_words =
      model.copy && (config.tokenizer.type == TokenizerType::kWord || config.tokenizer.type == TokenizerType::kNone);
  rules.require(!copies_words || !config.decode.replace_unknown, {"decode.replace_unknown", "model.copy"},
                "decode.replace_unknown is for models that do not copy unknown words themselves (model.copy with "
                "tokenizer.type word or none)");
  const bool of_targets = model.positions == Positions::kLearned;  // keys that are mixed are of sources
  const int64_t longest = std::max(config.data.max_source_length, of_targets ? config.data.max_target_length : 0) + 1;
  const std::string limits =
      of_targets ? "data.max_source_length and data.max_target_length" : "data.max_source_length";
  rules.require(model.max_positions == 0 || model.max_positions >= longest || !model.has_longest_sentence(),
                {"model.max_positions", "data.max_source_length", "data.max_target_length"},
                "model.max_positions must be at least " + to_yaml(longest) +
                    " (the longest sentence allowed and its end), got " + to_yaml(model.max_positions) + ": set " +
                    limits + " to at most " + to_yaml(model.max_positions - 1) +
                    ", or max_positions to 0 in a new model");
}

void check_schedule(const ScheduleConfig& schedule, int64_t max_steps, const Rules& rules) {
  if (schedule.type != ScheduleType::kLinear && schedule.type != ScheduleType::kCosine) return;
  const std::string subject = "schedule.type " + std::string(name_of(schedule.type));
  rules.require(max_steps > 0, {"schedule.type", "train.max_steps"},
                subject + " ends at train.max_steps, which must not be 0");
  rules.require(schedule.warmup_steps < max_steps, {"schedule.warmup_steps", "train.max_steps"},
                "schedule.warmup_steps must be below train.max_steps (" + to_yaml(max_steps) + ") for " + subject +
                    ", got " + to_yaml(schedule.warmup_steps));
  rules.require(schedule.decay_start_step < max_steps, {"schedule.decay_start_step", "train.max_steps"},
                "schedule.decay_start_step must be below train.max_steps (" + to_yaml(max_steps) + ") for " + subject +
                    ", got " + to_yaml(schedule.decay_start_step));
}

void check_guide(const Config& config, const Rules& rules) {
  const std::vector<std::string>& files = config.train.guided_alignment;
  rules.require(!has_empty(files), {"train.guided_alignment"}, "train.guided_alignment holds an empty file name");
  rules.require(files.empty() || files.size() == config.data.train.source.size() || config.data.train.empty(),
                {"train.guided_alignment", "data.train.source"},
                "train.guided_alignment names " + std::to_string(files.size()) +
                    (files.size() == 1 ? " file" : " files") + " but data.train.source " +
                    std::to_string(config.data.train.source.size()) + ": each belongs to one");
}

void check_guided_model(const Config& config, const Rules& rules) {
  const ModelConfig& model = config.model;
  if (config.train.guided_alignment.empty()) return;
  const int64_t heads = model.heads_of(model.cross_attention, model.decoder == DecoderType::kRecurrent);
  rules.require(config.train.guided_alignment_head < heads,
                {"train.guided_alignment_head", "model.cross_attention.num_heads", "model.num_heads"},
                "train.guided_alignment_head must be below the heads of cross-attention (" + to_yaml(heads) +
                    "), got " + to_yaml(config.train.guided_alignment_head));
  rules.require(model.cross_attention.reach != ReachType::kLowRank,
                {"train.guided_alignment", "model.cross_attention.reach"},
                "train.guided_alignment has nothing to teach a reach of low_rank, whose keys are no words");
}

void check_decode(const DecodeConfig& decode, const Rules& rules) {
  rules.require(decode.min_length <= decode.max_length, {"decode.min_length", "decode.max_length"},
                "decode.min_length must be at most decode.max_length (" + to_yaml(decode.max_length) + "), got " +
                    to_yaml(decode.min_length));
  rules.require(decode.sampling || decode.beam_size % decode.beam_groups == 0,
                {"decode.beam_groups", "decode.beam_size"},
                "decode.beam_groups must divide decode.beam_size (" + to_yaml(decode.beam_size) + "), got " +
                    to_yaml(decode.beam_groups));
  rules.require(decode.sampling || decode.n_best <= decode.beam_size, {"decode.n_best", "decode.beam_size"},
                "decode.n_best must be at most decode.beam_size (" + to_yaml(decode.beam_size) + "), got " +
                    to_yaml(decode.n_best));
  const int64_t finished = std::min(decode.beam_size, decode.hypotheses_to_finish());
  rules.require(decode.sampling || decode.n_best <= finished || decode.n_best > decode.beam_size,
                {"decode.patience", "decode.n_best"},
                "decode.patience ends a search with " + to_yaml(finished) + " hypotheses, and decode.n_best wants " +
                    to_yaml(decode.n_best));
  if (decode.mbr == MinimumRisk::kNone || decode.mbr_candidates == 0) return;
  rules.require(decode.sampling || decode.mbr_candidates <= decode.beam_size,
                {"decode.mbr_candidates", "decode.beam_size"},
                "decode.mbr_candidates must be at most decode.beam_size (" + to_yaml(decode.beam_size) +
                    ") without decode.sampling, got " + to_yaml(decode.mbr_candidates));
  rules.require(decode.n_best <= decode.mbr_candidates, {"decode.n_best", "decode.mbr_candidates"},
                "decode.n_best must be at most decode.mbr_candidates (" + to_yaml(decode.mbr_candidates) + "), got " +
                    to_yaml(decode.n_best));
}

}  // namespace

void check_guided_model(const Config& config) {
  const KeyPlaces nowhere("");
  check_guided_model(config, Rules(nowhere));
}

void check_rules(const Config& config, const KeyPlaces& places) {
  const Rules rules(places);
  rules.require(is_device(config.run.device), {"run.device"}, "run.device " + device_expected(config.run.device));
  check_corpus(config.data.train, "train", rules);
  check_corpus(config.data.validation, "validation", rules);
  check_corpus(config.data.test, "test", rules);
  check_tokenizer(config.tokenizer, rules);
  check_model(config, rules);
  check_guide(config, rules);
  if (config.train.initialize_from.empty()) check_guided_model(config, rules);
  check_schedule(config.schedule, config.train.max_steps, rules);
  check_decode(config.decode, rules);
  rules.require(all_different(config.eval.metrics), {"eval.metrics"}, "eval.metrics names a metric twice");
}

void require_training(const Config& config) {
  const KeyPlaces nowhere("");
  const Rules rules(nowhere);
  const TrainConfig& train = config.train;
  rules.require(!config.run.directory.empty(), {}, "run.directory is missing: training needs a directory to write to");
  rules.require(!config.data.train.empty(), {},
                "data.train is missing: training needs data.train.source and data.train.target");
  rules.require(train.max_steps > 0 || train.max_epochs > 0 || train.max_minutes > 0, {},
                "training needs an end: set train.max_steps, max_epochs or max_minutes above 0");
  const bool validates = train.validate_every > 0 || train.validate_every_epochs > 0;
  if (!validates) return;
  rules.require(!config.data.validation.empty(), {},
                "data.validation is missing: give it, or set train.validate_every: 0 to train without validation");
  const std::vector<Metric>& metrics = config.eval.metrics;
  const std::string_view chosen = name_of(train.early_stopping_metric);
  const bool computed = train.early_stopping_metric == EarlyStoppingMetric::kLoss ||
                        train.early_stopping_metric == EarlyStoppingMetric::kPerplexity ||
                        std::any_of(metrics.begin(), metrics.end(), [&](Metric m) { return name_of(m) == chosen; });
  rules.require(computed, {},
                "train.early_stopping_metric " + std::string(chosen) + " must be one of eval.metrics " +
                    to_yaml(metrics) + ", or loss or perplexity");
}

}  // namespace heed

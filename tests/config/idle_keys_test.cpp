#include "config/idle_keys.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "config/keys.h"
#include "core/error.h"
#include "support/scratch_directory.h"

namespace heed {
namespace {

using Overrides = std::vector<std::string>;

// What load_config says of a file's text; "" where it takes it.
std::string complaint(const std::string& yaml, const Overrides& overrides = {}) {
  const ScratchDirectory scratch;
  const std::string file = scratch / "c.yaml";
  put(file, yaml);
  try {
    load_config(file, overrides);
  } catch (const ConfigError& error) {
    const std::string message = error.what();
    return message.starts_with(file) ? "c.yaml" + message.substr(file.size()) : message;
  }
  return "";
}

// A key set beside what puts it out of action, and what makes it count.
struct Idle {
  std::string setting;
  Overrides without, with;
  std::string need;  // a part of the message
};

std::ostream& operator<<(std::ostream& out, const Idle& idle) { return out << idle.setting; }

class EveryIdleKey : public testing::TestWithParam<Idle> {};

std::string key_of(const std::string& setting) { return setting.substr(0, setting.find('=')); }

TEST_P(EveryIdleKey, IsRefusedUntilWhatItNeedsIsThere) {
  const Idle& idle = GetParam();
  Overrides without = idle.without, with = idle.with;
  without.push_back(idle.setting);
  with.push_back(idle.setting);
  EXPECT_THAT(complaint("run: {seed: 1}\n", without),
              testing::AllOf(testing::StartsWith("command line: --" + key_of(idle.setting) + ": "),
                             testing::HasSubstr(" has no effect: "), testing::HasSubstr(idle.need)));
  EXPECT_EQ(complaint("run: {seed: 1}\n", with), "");
}

const Overrides kRecurrent = {"model.encoder=recurrent", "model.decoder=recurrent"};
const Overrides kRecurrentEncoder = {"model.encoder=recurrent"};
const Overrides kRecurrentDecoder = {"model.decoder=recurrent"};
const Overrides kLuong = {"model.decoder=recurrent", "model.recurrence=luong"};
const Overrides kGiven = {"tokenizer.source_model=m"};
const Overrides kTokens = {"tokenizer.type=none"};
const Overrides kValidation = {"data.validation={source: a, target: b}"};

std::string name_of_row(const testing::TestParamInfo<Idle>& row) {
  std::string name = key_of(row.param.setting) + "_" + std::to_string(row.index);
  for (char& c : name) c = c == '.' ? '_' : c;
  return name;
}

INSTANTIATE_TEST_SUITE_P(
    Keys, EveryIdleKey,
    testing::Values(
        Idle{"tokenizer.vocab_size=100", kGiven, {}, "tokenizer.source_model"},
        Idle{"tokenizer.training_lines=100", kGiven, {}, "tokenizer.source_model"},
        Idle{"tokenizer.normalization=nfkc", kGiven, {}, "tokenizer.source_model"},
        Idle{"tokenizer.normalization=nfkc", kTokens, {}, "tokenizer.type"},
        Idle{"tokenizer.character_coverage=0.999", kGiven, {}, "tokenizer.source_model"},
        Idle{"tokenizer.character_coverage=0.999", kTokens, {}, "tokenizer.type"},
        Idle{"tokenizer.user_symbols=[<a>]", kGiven, {}, "tokenizer.source_model"},
        Idle{"tokenizer.user_symbols=[<a>]", kTokens, {}, "tokenizer.type"},
        Idle{"model.d_ff=8", kRecurrent, kRecurrentEncoder, "model.decoder transformer"},
        Idle{"model.num_heads=8", kRecurrent, kRecurrentDecoder, "model.encoder or"},
        Idle{"model.num_key_heads=2", kRecurrent, kRecurrentDecoder, "model.encoder or"},
        Idle{"model.attention_dropout=0.1", kRecurrent, {}, "transformer"},
        Idle{"model.activation_dropout=0.1", kRecurrent, {}, "transformer"},
        Idle{"model.activation=gelu", kRecurrent, {}, "transformer"},
        Idle{"model.norm=post", kRecurrent, {}, "transformer"},
        Idle{"model.norm_type=rms", kRecurrent, {}, "transformer"},
        Idle{"model.kernel_width=5", {}, {"model.encoder=convolutional"}, "model.encoder convolutional"},
        Idle{"model.positions=learned", kRecurrent, {}, "transformer"},
        Idle{"model.max_positions=999", {}, {"model.positions=learned"}, "model.positions learned"},
        Idle{"model.cell=lstm", {}, kRecurrentEncoder, "recurrent"},
        Idle{"model.variational_dropout=true", {}, kRecurrentDecoder, "recurrent"},
        Idle{"model.variational_dropout=true",
             {"model.decoder=recurrent", "model.dropout=0"},
             kRecurrentDecoder,
             "model.dropout above 0"},
        Idle{"model.recurrence=luong", kRecurrentEncoder, kRecurrentDecoder, "model.decoder recurrent"},
        Idle{"model.input_feeding=false", {}, kLuong, "model.decoder recurrent"},
        Idle{"model.input_feeding=false", kRecurrentDecoder, kLuong, "model.recurrence luong"},
        Idle{"model.bridge=zero", kRecurrentEncoder, kRecurrentDecoder, "model.decoder recurrent"},
        Idle{"model.coverage=true", {}, {"model.copy=true"}, "model.copy"},
        Idle{
            "model.coverage_loss=2", {"model.copy=true"}, {"model.copy=true", "model.coverage=true"}, "model.coverage"},
        Idle{"optimizer.learning_rate=0.1", {"schedule.type=noam"}, {}, "schedule.factor"},
        Idle{"optimizer.betas=[0.9, 0.999]", {"optimizer.type=sgd"}, {"optimizer.type=adamw"}, "adam"},
        Idle{"optimizer.epsilon=0.1", {"optimizer.type=sgd"}, {}, "adam"},
        Idle{"optimizer.momentum=0.9", {}, {"optimizer.type=sgd"}, "optimizer.type sgd"},
        Idle{"schedule.decay_start_step=2000", {}, {"schedule.type=linear"}, "linear or cosine"},
        Idle{"schedule.decay_start_step=999",
             {"schedule.type=cosine"},
             {"schedule.type=cosine", "schedule.warmup_steps=999"},
             "schedule.warmup_steps"},
        Idle{"schedule.final_ratio=0.1", {"schedule.type=constant"}, {"schedule.type=cosine"}, "linear or cosine"},
        Idle{"schedule.factor=2", {}, {"schedule.type=noam"}, "noam"},
        Idle{"train.initialize_tokenizer=false", {}, {"train.initialize_from=m"}, "train.initialize_from"},
        Idle{"model.num_heads=2",
             {"model.encoder_attention.num_heads=1", "model.decoder_attention.num_heads=1",
              "model.cross_attention.num_heads=1"},
             {"model.encoder_attention.num_heads=1", "model.decoder_attention.num_heads=1"},
             "without num_heads"},
        Idle{"model.attention_dropout=0.2",
             {"model.encoder_attention.dropout=0.1", "model.decoder_attention.dropout=0.1",
              "model.cross_attention.dropout=0.1"},
             {"model.decoder_attention.dropout=0.1", "model.cross_attention.dropout=0.1"},
             "without dropout"},
        Idle{"train.guided_alignment=f", {"train.guided_alignment_weight=0"}, {}, "weight above 0"},
        Idle{"train.guided_alignment_weight=0.2", {}, {"train.guided_alignment=f"}, "train.guided_alignment"},
        Idle{"train.label_smoothing=0",
             {"train.objective=minimum_risk"},
             {"train.objective=minimum_risk", "train.cross_entropy_weight=1"},
             "train.cross_entropy_weight"},
        Idle{"train.guided_alignment=f",
             {"train.objective=minimum_risk"},
             {"train.objective=minimum_risk", "train.cross_entropy_weight=1"},
             "train.cross_entropy_weight"},
        Idle{"train.reward=chrf", {}, {"train.objective=minimum_risk"}, "train.objective"},
        Idle{"train.reward_samples=3", {}, {"train.objective=self_critical"}, "train.objective"},
        Idle{"train.cross_entropy_weight=0.1", {}, {"train.objective=self_critical"}, "train.objective"},
        Idle{"train.risk_sharpness=1",
             {"train.objective=self_critical"},
             {"train.objective=minimum_risk"},
             "train.objective minimum_risk"},
        Idle{"train.guided_alignment_head=0", {}, {"train.guided_alignment=f"}, "train.guided_alignment"},
        Idle{"train.validation_beam_size=2", {}, kValidation, "data.validation"},
        Idle{"train.early_stopping_metric=loss", {}, kValidation, "data.validation"},
        Idle{"train.patience=3", {}, kValidation, "data.validation"},
        Idle{"decode.patience=2", {"decode.sampling=true"}, {}, "decode.sampling"},
        Idle{"decode.coverage_penalty=0.2", {"decode.sampling=true"}, {}, "decode.sampling"},
        Idle{"decode.beam_groups=5", {"decode.sampling=true"}, {}, "decode.sampling"},
        Idle{"decode.diversity_penalty=0.1", {}, {"decode.beam_groups=5"}, "decode.beam_groups"},
        Idle{"decode.temperature=0.5", {}, {"decode.sampling=true"}, "decode.sampling"},
        Idle{"decode.top_k=3", {}, {"decode.sampling=true"}, "decode.sampling"},
        Idle{"decode.top_p=0.5", {}, {"decode.sampling=true"}, "decode.sampling"},
        Idle{"decode.sampling_seed=2", {}, {"decode.sampling=true"}, "decode.sampling"},
        Idle{"decode.mbr_candidates=3", {}, {"decode.mbr=chrf"}, "decode.mbr"},
        Idle{"decode.replace_unknown=true", {}, {"decode.allow_unk=true"}, "decode.allow_unk"},
        Idle{"decode.length_penalty_type=wu", {"decode.length_penalty=0"}, {}, "decode.length_penalty 0"}),
    name_of_row);

// The keys of the three attentions. Every model has cross-attention.
std::vector<Idle> attention_rows() {
  std::vector<Idle> rows;
  for (const std::string name : {"encoder", "decoder", "cross"}) {
    const bool cross = name == "cross";
    const std::string section = "model." + name + "_attention.",
                      need = name == "encoder" ? "model.encoder transformer" : "model.decoder transformer";
    const Overrides gone = name == "encoder" ? kRecurrentEncoder : kRecurrentDecoder;
    const auto reach = [&](const std::string& type) { return Overrides{section + "reach=" + type}; };
    const auto add = [&](const std::string& setting, const Overrides& counts_with, const std::string& reach_needed) {
      if (!cross) rows.push_back({section + setting, gone, counts_with, need});
      if (!reach_needed.empty()) rows.push_back({section + setting, {}, counts_with, reach_needed});
    };
    for (const std::string setting : {"score=dot", "normalizer=sparsemax", "num_heads=2", "dropout=0.1"})
      add(setting, {}, "");
    add(cross ? "reach=local_monotonic" : "reach=strided", {}, "");
    const Overrides window = reach(cross ? "local_monotonic" : "window");
    const std::string windows = cross ? "a reach of local_monotonic or local_predictive" : "a reach of window";
    add("window_behind=2", window, windows);
    if (name != "decoder") add("window_ahead=2", window, windows);
    if (name != "decoder") add("rank=2", reach("low_rank"), "a reach of low_rank");
    if (cross) continue;
    add("stride=2", reach("strided"), "a reach of strided");
    for (const std::string setting : {"max_span=8", "span_ramp=4", "span_penalty=0.5"})
      add(setting, reach("adaptive_span"), "a reach of adaptive_span");
  }
  return rows;
}

INSTANTIATE_TEST_SUITE_P(Attentions, EveryIdleKey, testing::ValuesIn(attention_rows()), name_of_row);

// What no setting of the model can bring to effect.
TEST(IdleKeys, ADecoderSeesNothingAheadAndMixesNoKeysAndCrossAttentionHasNoStrideNorSpan) {
  EXPECT_THAT(complaint("model: {decoder_attention: {reach: window, window_ahead: 3}}\n"),
              testing::HasSubstr("has no effect: it needs a reach that looks ahead, which a decoder does not have"));
  EXPECT_THAT(complaint("model: {decoder_attention: {rank: 3}}\n"),
              testing::HasSubstr("it needs a reach of low_rank, which a decoder does not have"));
  EXPECT_THAT(complaint("model: {cross_attention: {stride: 3}}\n"),
              testing::HasSubstr("it needs a reach that cross-attention does not have"));
  for (const std::string key : {"max_span", "span_ramp", "span_penalty"})
    EXPECT_THAT(complaint("model: {cross_attention: {" + key + ": 3}}\n"),
                testing::HasSubstr("it needs a reach that cross-attention does not have"));
}

// The tables above are complete: each need of each key is what some row is refused for.
TEST(IdleKeys, EveryConditionNamesAKeyThatExists) {
  size_t needs = 0;
  for (const KeyDescription& key : all_keys()) needs += needs_of(key.name).size();
  EXPECT_EQ(needs, 62 + attention_rows().size() + 6);  // rows; the keys of the test before this one
}

TEST(IdleKeys, TheMessageHasThePlaceTheValueAndTheNeed) {
  EXPECT_EQ(complaint("optimizer:\n  type: adam\n  momentum: 0.9\n"),
            "c.yaml:3:13: optimizer.momentum 0.9 has no effect: it needs optimizer.type sgd");
}

TEST(IdleKeys, ADefaultMayBeWrittenAnywhere) {
  EXPECT_EQ(complaint("model: {encoder: recurrent, decoder: recurrent, num_heads: 4, d_ff: 1024}\n"), "");
}

// An experiment from the command line need not undo what the file says for its own case.
TEST(IdleKeys, TheCommandLineMayPutAKeyOfTheFileOutOfAction) {
  const std::string yaml = "model: {num_heads: 8}\noptimizer: {learning_rate: 0.1}\n";
  EXPECT_EQ(complaint(yaml, {"model.encoder=recurrent", "model.decoder=recurrent", "schedule.type=noam"}), "");
  EXPECT_THAT(complaint("model: {cell: lstm}\n", {"run.seed=2"}), testing::StartsWith("c.yaml:1:15: model.cell lstm"));
  EXPECT_EQ(complaint("model: {cell: lstm}\n", {"model.encoder=recurrent"}), "");
}

// What an older Heed wrote is read, here and in checkpoints; what a person adds to it must count.
TEST(IdleKeys, AStoredConfigIsNeverRefused) {
  Config stored;
  stored.optimizer.momentum = 0.9;
  stored.model.cell = CellType::kLstm;
  EXPECT_EQ(complaint(dump_config(stored)), "");
  EXPECT_EQ(parse_config("optimizer: {momentum: 0.9}\n", "checkpoint").optimizer.momentum, 0.9);
  EXPECT_EQ(complaint(dump_config(stored), {"optimizer.momentum=0.8"}),
            "command line: --optimizer.momentum: optimizer.momentum 0.8 has no effect: it needs optimizer.type sgd");
}

}  // namespace
}  // namespace heed

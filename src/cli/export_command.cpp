#include <fmt/format.h>

#include <algorithm>
#include <filesystem>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "checkpoint/checkpoint.h"
#include "checkpoint/run_directory.h"
#include "cli/commands.h"
#include "cli/model_options.h"
#include "cli/model_text.h"
#include "cli/new_directory.h"
#include "cli/peer_translation.h"
#include "core/error.h"
#include "core/file_bytes.h"
#include "core/line_reader.h"
#include "core/logging.h"
#include "core/utf8.h"
#include "decode/translator.h"
#include "export/ctranslate2.h"
#include "export/huggingface.h"
#include "export/plain.h"
#include "text/language_code.h"

namespace heed {
namespace {

namespace fs = std::filesystem;

constexpr size_t kSampleLines = 100;

struct ExportOptions {
  CommonOptions common;
  std::string model, output, format, quantize, type, sample, python;
  bool force = false, verify = false;
};

void refuse(bool given, const std::string& option, const std::string& format) {
  if (given) throw ConfigError(option + " goes with --format " + format);
}

// What the model card says of the training: where training stood, how it validated, and the whole config.
std::string training_report(const TranslationModel& model) {
  const Config& config = model.config;
  std::string text = "## Training\n\n";
  for (const auto* side : {&config.data.train.source, &config.data.train.target})
    for (const std::string& file : *side)
      text += fmt::format("- training text: {}\n", fs::path(file).filename().string());
  const fs::path parent = fs::weakly_canonical(model.checkpoint).parent_path(),
                 validations = parent.parent_path() / "validations.tsv";
  if (parent.filename() == "checkpoints" && fs::exists(validations))
    text += "\nValidation during training:\n\n```\n" + read_file_bytes(validations) + "```\n";
  return text + "\nState and configuration:\n\n```\n" + model.state + "```\n```yaml\n" + dump_config(config) + "```\n";
}

std::vector<std::string> sample_of(const ExportOptions& options, const Config& config) {
  std::vector<std::string> files;
  if (!options.sample.empty()) files = {options.sample};
  for (const CorpusConfig* corpus : {&config.data.test, &config.data.validation})
    if (files.empty() && !corpus->empty() && fs::exists(corpus->source.front())) files = corpus->source;
  if (files.empty()) throw ConfigError("--verify found no text of the model's config to translate: give --sample FILE");
  std::vector<std::string> lines;
  LineReader reader(files.front(), reading_of(config.data));
  for (std::string line; lines.size() < kSampleLines && reader.next(line);)
    if (!is_blank(line)) lines.push_back(line);  // peers differ on blank lines
  if (lines.empty()) throw DataError(files.front() + " has no text to translate");
  return lines;
}

// A MarianTokenizer strips what a cut-off translation may end in.
std::string_view without_final_space(std::string_view text) { return text.substr(0, text.find_last_not_of(' ') + 1); }

// Greedy search, in which equal log probabilities give equal text, up to the one limit of length that both know.
void verify(const ExportOptions& options, const TranslationModel& model, const std::vector<std::string>& lines) {
  DecodeConfig decode;
  decode.beam_size = 1;
  decode.max_length = model.config.decode.max_length;
  decode.max_length_ratio = 0;
  decode.allow_unk = model.config.decode.allow_unk;
  const std::string python = options.python.empty() ? "python3" : options.python;
  const PeerAnswer answer = translate_with_peer(
      {options.format == "ctranslate2" ? Peer::kCtranslate2 : Peer::kTransformers, python, options.output, decode,
       suppressed_pieces(model.tokenizers.target->vocabulary()), language_codes(model.tokenizers.source->vocabulary()),
       within(model.config.model, reading_limits(model.config.data)).source_pieces},
      lines);
  if (!answer.missing.empty())
    throw UnverifiedError(fmt::format("{}: exported, not verified: {} ({}); --python names one that has the package",
                                      options.output, answer.missing, python));
  Translator translator(model.model, model.tokenizers, decode, reading_limits(model.config.data));
  const std::vector<Translation> expected = translator.translate(lines);
  size_t equal = 0;
  for (size_t i = 0; i < lines.size(); ++i)
    equal += without_final_space(expected[i].text) == without_final_space(answer.translations.at(i)) ? 1 : 0;
  log_info(fmt::format("verified with {}: {} of {} greedy translations are equal", answer.peer, equal, lines.size()));
  const bool rounded = !options.quantize.empty() && options.quantize != "float32";
  if (!rounded && equal * 100 < lines.size() * 95)
    throw Error(fmt::format("{}: only {} of {} translations equal Heed's: do not use this export, and report it",
                            options.output, equal, lines.size()));
  if (rounded && equal * 2 < lines.size())
    log_warning("rounded weights make more than half of the translations differ: compare their BLEU before using them");
}

// What the formats for others have no words for.
void warn_of_losses(const TranslationModel& model, const std::string& format) {
  const DecodeConfig& decode = model.config.decode;
  const Tokenizer& source = *model.tokenizers.source;
  if (format == "huggingface" && !source.has_own_ids() && !language_codes(source.vocabulary()).empty())
    log_warning("a leading >>...<< that is no language code of the vocabulary is unk to transformers, text to Heed");
  if (decode.length_penalty_type != LengthPenaltyType::kExponent)
    log_warning(fmt::format("decode.length_penalty_type {} is Heed's alone: the export recommends length_penalty 1",
                            name_of(decode.length_penalty_type)));
  std::string left;
  const auto leave = [&](bool is_set, const char* key) {
    if (is_set) left += (left.empty() ? "" : ", ") + std::string(key);
  };
  leave(decode.sampling, "decode.sampling");
  leave(decode.beam_groups > 1 && !decode.sampling, "decode.beam_groups");
  leave(decode.patience != 1 && format == "huggingface", "decode.patience");
  leave(decode.min_length_ratio > 0, "decode.min_length_ratio");
  leave(decode.coverage_penalty != 0, "decode.coverage_penalty");
  leave(decode.mbr != MinimumRisk::kNone, "decode.mbr");
  leave(decode.replace_unknown, "decode.replace_unknown");
  leave(decode.repetition_penalty != 1 && (format == "ctranslate2" || decode.beam_size == 1),
        "decode.repetition_penalty");  // theirs is another rule there
  if (!left.empty()) log_warning("the export does not search with " + left);
}

at::ScalarType type_of(const std::string& name) {
  if (name.empty() || name == "fp32") return at::kFloat;
  if (name == "bf16") return at::kBFloat16;
  if (name == "fp16") return at::kHalf;
  throw ConfigError("--dtype " + name + ": expected fp32, bf16 or fp16");
}

void export_model(const ExportOptions& options, const CLI::App& command) {
  refuse(!options.quantize.empty() && options.format != "ctranslate2", "--quantize", "ctranslate2");
  refuse(!options.type.empty() && options.format != "safetensors", "--dtype", "safetensors");
  refuse(options.verify && options.format == "safetensors", "--verify", "ctranslate2 or huggingface");
  if (!options.verify && !(options.sample.empty() && options.python.empty()))
    throw ConfigError("--sample and --python go with --verify");
  const Quantization quantization = quantization_of(options.quantize.empty() ? "float32" : options.quantize);
  const at::ScalarType type = type_of(options.type);
  const fs::path output = new_model_directory(options.output, options.force, {options.model});
  CommonOptions common = options.common;
  common.device = "cpu";  // files are written from there
  const TranslationModel model = load_model(options.model, common, command);
  const std::vector<std::string> sample =
      options.verify ? sample_of(options, model.config) : std::vector<std::string>();
  if (options.format == "ctranslate2") export_ctranslate2(model, output, quantization);
  if (options.format == "huggingface") export_huggingface(model, output, training_report(model));
  if (options.format == "safetensors") export_safetensors(model, output, type);
  if (options.format != "safetensors") warn_of_losses(model, options.format);
  log_info(fmt::format("{}: {}; README.md there says how to load it", options.output, options.format));
  if (options.verify) verify(options, model, sample);
}

}  // namespace

void add_export_command(CLI::App& app) {
  CLI::App* command =
      app.add_subcommand("export", "write a model for CTranslate2, Hugging Face or programs of your own");
  auto options = std::make_shared<ExportOptions>();
  add_common_options(*command, options->common);
  command->add_option("model", options->model, "a run directory (its best checkpoint, else the latest) or a checkpoint")
      ->required();
  command->add_option("--format", options->format, "ctranslate2, huggingface or safetensors")
      ->required()
      ->check(CLI::IsMember({"ctranslate2", "huggingface", "safetensors"}));
  command->add_option("-o,--output", options->output, "the directory to write")->required();
  command->add_flag("--force", options->force, "replace the model that is there");
  command->add_option("--quantize", options->quantize,
                      "ctranslate2: float32 (default), int8, int16, float16 or bfloat16");
  command->add_option("--dtype", options->type, "safetensors: fp32 (default), bf16 or fp16");
  command->add_flag("--verify", options->verify,
                    "then translate a sample with the Python package it is for, and compare");
  command->add_option("--sample", options->sample,
                      "--verify: the text (default: the config's test or validation source)");
  command->add_option("--python", options->python, "--verify: the Python that has the package (default: python3)");
  command->allow_extras();
  command->footer(
      "--decode.key=value changes what the export recommends for decoding.\n"
      "Exit code 3: exported, but --verify found no Python with the package, so nothing was compared.");
  command->callback([command, options] { export_model(*options, *command); });
}

}  // namespace heed

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <memory>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <vector>

#include "cli/alignment_writer.h"
#include "cli/commands.h"
#include "cli/distinct_files.h"
#include "cli/model_options.h"
#include "cli/model_text.h"
#include "cli/wishes_reader.h"
#include "core/error.h"
#include "core/line_reader.h"
#include "core/line_writer.h"
#include "core/work.h"
#include "decode/translator.h"
#include "watch/work_display.h"

namespace heed {
namespace {

constexpr size_t kWindow = 2000;  // lines that are translated together, at most

struct TranslateOptions {
  CommonOptions common;
  std::string model, input = "-", output = "-", format = "text";
  AlignmentOptions alignments;
  WishFiles wishes;
  int64_t n_best = 0;  // 0: not asked for
  bool word_scores = false;
};

nlohmann::ordered_json json_scores(const TranslationHypothesis& one, const Tokenizer& target) {
  const Vocabulary& vocabulary = target.vocabulary();
  auto pieces = nlohmann::ordered_json::array();
  for (const int64_t id : one.ids) pieces.push_back(vocabulary.piece(id));
  if (one.log_probs.size() > one.ids.size()) pieces.push_back(vocabulary.piece(vocabulary.special().eos));
  return {{"word_scores", word_scores(one, target)}, {"pieces", pieces}, {"piece_scores", one.log_probs}};
}

// `target`: of the scores of words and pieces, or null.
std::string json_line(const Translation& translation, const Tokenizer* target) {
  const auto entry = [&](const TranslationHypothesis& one) {
    nlohmann::ordered_json fields{{"translation", one.text},
                                  {"score", one.score},
                                  {"log_probability", one.log_probability},
                                  {"finished", one.finished}};
    if (target) fields.update(json_scores(one, *target));
    return fields;
  };
  nlohmann::ordered_json line = entry(translation);
  line["hypotheses"] = nlohmann::ordered_json::array();
  for (const TranslationHypothesis& one : translation.hypotheses) line["hypotheses"].push_back(entry(one));
  return line.dump(-1, ' ', false, nlohmann::ordered_json::error_handler_t::replace);
}

// As Moses escapes it: in a list of fields nothing but the separator may look like one.
std::string without_separator(std::string text) {
  constexpr std::string_view kBars = "|||", kEscaped = "&#124;&#124;&#124;";
  for (size_t at = text.find(kBars); at != std::string::npos; at = text.find(kBars, at + kEscaped.size()))
    text.replace(at, kBars.size(), kEscaped);
  return text;
}

// Writes translations in the form asked for. `number` counts the input's lines from 0.
class TranslationWriter {
 public:
  TranslationWriter(const TranslateOptions& options, const TranslationModel& model)
      : output_(options.output),
        json_(options.format == "jsonl"),
        list_(options.n_best > 0 || model.config.decode.n_best > 1),
        target_(options.word_scores ? model.tokenizers.target.get() : nullptr) {}

  void write(const Translation& translation) {
    if (json_) {
      output_.write_line(json_line(translation, target_));
    } else if (list_) {
      for (const TranslationHypothesis& one : translation.hypotheses)
        output_.write_line(fmt::format("{} ||| {} ||| {}", number_, without_separator(one.text), one.score));
    } else {
      output_.write_line(translation.text);
    }
    ++number_;
  }

  void flush() { output_.flush(); }
  void close() { output_.close(); }

 private:
  LineWriter output_;
  bool json_, list_;
  const Tokenizer* target_;
  int64_t number_ = 0;
};

std::vector<std::string> texts_of(const std::vector<Translation>& translations) {
  std::vector<std::string> texts;
  for (const Translation& translation : translations) texts.push_back(translation.text);
  return texts;
}

// The next lines: those that have arrived, up to a window full; at least one is waited for. False at the end.
bool next_lines(LineReader& reader, std::vector<std::string>& lines) {
  lines.clear();
  for (std::string line; lines.size() < kWindow && (lines.empty() || reader.ready()) && reader.next(line);)
    lines.push_back(line);
  return !lines.empty();
}

std::vector<EncoderDecoder> members_of(const std::vector<TranslationModel>& models,
                                       const std::vector<std::string>& paths) {
  std::vector<EncoderDecoder> members;
  for (size_t i = 0; i < models.size(); ++i) {
    if (models[i].tokenizers.fingerprint() != models.front().tokenizers.fingerprint())
      throw CheckpointError(
          fmt::format("{}: expected the tokenizer of {}, found another: models that translate together "
                      "need one vocabulary (tokenizer.source_model trains a model on another's)",
                      paths[i], paths.front()));
    members.push_back(models[i].model);
  }
  return members;
}

// One search holds phrases together.
void require_search_for(const WishFiles& wishes, const DecodeConfig& config) {
  if (wishes.phrases.empty()) return;
  if (config.sampling) throw ConfigError("--phrases are sought by beam search: decode.sampling must be false");
  if (config.beam_groups > 1) throw ConfigError("--phrases are sought by one beam: decode.beam_groups must be 1");
}

void translate(const TranslateOptions& options, const CLI::App& command) {
  const WishFiles& wishes = options.wishes;
  const std::vector<NamedFile> inputs = {
      {"-i", options.input}, {"--prefix", wishes.prefixes}, {"--phrases", wishes.phrases}, {"--avoid", wishes.avoided}};
  require_distinct(inputs, {{"-o", options.output}, {"--alignments", options.alignments.path}});
  if (std::count_if(inputs.begin(), inputs.end(), [](const NamedFile& file) { return file.path == "-"; }) > 1)
    throw ConfigError("-i, --prefix, --phrases, --avoid: only one can be standard input; the others must be files");
  std::vector<std::string> paths = {options.model}, overrides = config_overrides(command, &paths);
  if (options.word_scores && options.format != "jsonl") throw ConfigError("--word-scores needs --format jsonl");
  if (options.n_best > 0) overrides.push_back(fmt::format("decode.n_best={}", options.n_best));
  std::vector<TranslationModel> loaded = {load_model(options.model, options.common, overrides)};
  const std::string device = loaded.front().model->device().str();
  for (size_t i = 1; i < paths.size(); ++i) loaded.push_back(load_translation_model(paths[i], device));
  const TranslationModel& model = loaded.front();
  LineReader reader(options.input, reading_of(model.config.data));
  Translator translator(members_of(loaded, paths), model.tokenizers, model.config.decode,
                        reading_limits(model.config.data));
  TranslationWriter writer(options, model);
  std::optional<AlignmentWriter> alignments;
  if (!options.alignments.path.empty()) alignments.emplace(options.alignments, model.config.train);

  require_search_for(wishes, model.config.decode);
  WishesReader wishes_reader(wishes, reading_of(model.config.data));
  const bool dialogue = options.input == "-" && isatty(STDIN_FILENO) != 0;
  const CommandDisplay display(options.common.quiet || dialogue);
  Work work("translating", "lines");
  for (std::vector<std::string> lines; next_lines(reader, lines);) {
    const auto progress = [&work](int64_t count) { work.advance(count); };
    const std::vector<Translation> translations =
        translator.translate(lines, progress, wishes_reader.next(lines.size()));
    for (const Translation& translation : translations) writer.write(translation);
    writer.flush();
    if (alignments) alignments->write(translator, lines, texts_of(translations));
  }
  wishes_reader.require_end(options.input);
  writer.close();
  if (alignments) alignments->close();
  translator.warn_of_losses();
  log_finished(work.report());
}

}  // namespace

void add_translate_command(CLI::App& app) {
  CLI::App* command = app.add_subcommand("translate", "translate lines, one line out for each line in");
  auto options = std::make_shared<TranslateOptions>();
  add_common_options(*command, options->common);
  command
      ->add_option("model", options->model,
                   "a run directory (its best checkpoint, else the latest) or a checkpoint; more of them, of the same "
                   "words, translate with it, by the mean of their probabilities and the first one's config")
      ->required();
  command->add_option("-i,--input", options->input, "the lines, plain or .gz (default: standard input)");
  command->add_option("-o,--output", options->output,
                      "where they go, compressed where the name ends in .gz (default: standard output)");
  command
      ->add_option("--n-best", options->n_best,
                   "print the N best of each line, texts that differ: NUMBER ||| TEXT ||| SCORE")
      ->check(CLI::Range(int64_t{1}, int64_t{1000}));
  add_alignment_options(
      *command, options->alignments,
      "also write which words each word of the best translation comes from: SOURCE-TARGET ..., from 0; words "
      "are what white space separates, and each piece where a language puts none; of several models it is the first "
      "one's attention");
  command->add_option("--prefix", options->wishes.prefixes,
                      "a file of how each line's translation begins, in whole pieces; an empty line leaves it open, "
                      "and a blank line to translate stays one");
  command->add_option("--phrases", options->wishes.phrases,
                      "a file of phrases that each line's translation must hold, in no order, separated by tabs; an "
                      "empty line asks for none");
  command->add_option("--avoid", options->wishes.avoided,
                      "a file of phrases that it must not hold, as runs of pieces, likewise");
  command->add_option("--format", options->format, "text, or jsonl: an object a line with the scores")
      ->check(CLI::IsMember({"text", "jsonl"}));
  command->add_flag("--word-scores", options->word_scores,
                    "jsonl: also the log probability of each word and of each piece");
  command->allow_extras();
  command->footer(
      "heed translate MODEL [MODEL ...] translates with all of them together.\n"
      "A line is answered as soon as no further one has arrived, so that a program may write one and wait.\n"
      "-o FILE is there, whole, when all is translated; a failure or a kill leaves what was there before, and no "
      "part.\n"
      "Long work that shall go on after that writes to standard output, where line n answers line n:\n"
      "  n=$(wc -l <OUT); head -n $n OUT >DONE; tail -n +$((n + 1)) TEXT | heed translate MODEL >>DONE\n"
      "--decode.key=value changes how the translation is searched for, e.g. --decode.beam_size=1\n"
      "--n-best: fewer than N where different pieces read alike, of which the best is printed; a larger "
      "--decode.beam_size\n"
      "finds more. In the text form ||| within a text is written &#124;&#124;&#124;, in jsonl it stands as it is.\n"
      "jsonl: {\"translation\", \"score\" (normalised by length), \"log_probability\" (raw), \"finished\" (false: cut "
      "at\n"
      "decode.max_length or decode.max_length_ratio before its end), \"hypotheses\": [the n best, in the same form]},\n"
      "with --word-scores also \"word_scores\" (log probabilities, the sums over the word's pieces), \"pieces\" and\n"
      "\"piece_scores\" (the end, where reached, is the last of them)\n"
      "--decode.mbr=chrf: the score is how much the translation is like the others, from 0 to 100");
  command->callback(
      [command, options] { with_alignments(options->alignments.path, [&] { translate(*options, *command); }); });
}

}  // namespace heed

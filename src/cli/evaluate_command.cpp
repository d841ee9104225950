#include <fmt/format.h>

#include <algorithm>
#include <memory>
#include <string>
#include <vector>

#include "cli/commands.h"
#include "cli/distinct_files.h"
#include "cli/model_options.h"
#include "cli/scores.h"
#include "core/error.h"
#include "core/line_reader.h"
#include "core/line_writer.h"
#include "core/logging.h"
#include "decode/translator.h"
#include "eval/alignment_error.h"
#include "eval/metrics.h"

namespace heed {
namespace {

struct EvaluateOptions {
  CommonOptions common;
  std::string model, split = "test", output;
  std::string hypothesis, alignments, reference_alignments;
  std::vector<std::string> references;
  std::vector<std::string> metrics = {"bleu"};
  MetricOptions metric_options;
  bool json = false;
};

std::vector<std::string> lines_to_score(const std::vector<std::string>& files) {
  std::vector<std::string> lines = read_lines(files);
  if (lines.empty()) throw DataError(files.front() + " has no lines: nothing to score");
  return lines;
}

void warn_of_tokenized_text(const std::vector<std::string>& hypotheses, const std::string& file) {
  constexpr int64_t kMany = 100;  // as sacreBLEU
  const auto tokenized = std::count_if(hypotheses.begin(), hypotheses.end(), [](const std::string& line) {
    return line.size() >= 2 && line.compare(line.size() - 2, 2, " .") == 0;
  });
  if (tokenized < kMany) return;
  log_warning(file + ": " + std::to_string(tokenized) +
              " lines end in ' .': BLEU expects plain text; detokenize it, or its scores compare with nobody's");
}

// What is scored, and what its hypotheses are called in messages.
struct ScoredText {
  std::string name;
  std::vector<std::string> hypotheses;
  References references;
};

ScoredText read_files(const EvaluateOptions& options) {
  if (options.hypothesis.empty() || options.references.empty())
    throw ConfigError(
        "evaluate needs MODEL, or --hypothesis FILE and at least one --reference FILE; "
        "see heed evaluate --help");
  std::vector<std::string> files = options.references;
  files.push_back(options.hypothesis);
  if (std::count(files.begin(), files.end(), "-") > 1)
    throw ConfigError("--hypothesis and --reference cannot both be standard input");
  ScoredText text{options.hypothesis, lines_to_score({options.hypothesis}), {}};
  const auto& hypotheses = text.hypotheses;
  for (const auto& file : options.references) {
    text.references.push_back(lines_to_score({file}));
    const auto& references = text.references;
    if (references.back().size() == hypotheses.size()) continue;
    throw DataError(options.hypothesis + " has " + std::to_string(hypotheses.size()) + " lines but " + file + " has " +
                    std::to_string(references.back().size()) + ": one line for each is expected");
  }
  return text;
}

const CorpusConfig& split_of(const Config& config, const std::string& split) {
  const CorpusConfig& corpus = split == "test"         ? config.data.test
                               : split == "validation" ? config.data.validation
                                                       : config.data.train;
  if (corpus.empty()) throw ConfigError("--split " + split + ": the model's config has no data." + split);
  return corpus;
}

// Translates a split of the model's own config.
ScoredText translate_split(const EvaluateOptions& options, const CLI::App& command) {
  if (!options.hypothesis.empty() || !options.references.empty())
    throw ConfigError("evaluate takes MODEL, or --hypothesis and --reference, not both");
  const TranslationModel model = load_model(options.model, options.common, command);
  const CorpusConfig& corpus = split_of(model.config, options.split);
  std::vector<NamedFile> inputs;
  for (const auto* side : {&corpus.source, &corpus.target})
    for (const std::string& file : *side) inputs.push_back({"data." + options.split, file});
  require_distinct(inputs, {{"-o", options.output}});
  const auto sources = lines_to_score(corpus.source);
  ScoredText text{options.model, {}, {lines_to_score(corpus.target)}};
  if (sources.size() != text.references[0].size())
    throw DataError(corpus.source.front() + " has " + std::to_string(sources.size()) + " lines but " +
                    corpus.target.front() + " has " + std::to_string(text.references[0].size()));
  Translator translator(model.model, model.tokenizers, model.config.decode, model.config.data.max_source_length);
  for (Translation& translation : translator.translate(sources)) text.hypotheses.push_back(std::move(translation.text));
  if (options.output.empty()) return text;
  LineWriter output(options.output);
  for (const std::string& line : text.hypotheses) output.write_line(line);
  output.close();
  return text;
}

std::vector<Score> score_text(const ScoredText& text, const EvaluateOptions& options) {
  std::vector<Score> scores;
  for (const auto& metric : options.metrics) {
    if (metric == "bleu" && options.metric_options.tokenizer != "none")
      warn_of_tokenized_text(text.hypotheses, text.name);
    scores.push_back(score(metric, text.hypotheses, text.references, options.metric_options));
  }
  return scores;
}

std::vector<AlignmentLinks> read_alignments(const std::string& file) {
  std::vector<AlignmentLinks> all;
  for (const std::string& line : lines_to_score({file}))
    all.push_back(parse_pharaoh(line, file + ":" + std::to_string(all.size() + 1)));
  return all;
}

void evaluate_alignments(const EvaluateOptions& options) {
  if (options.alignments.empty() || options.reference_alignments.empty())
    throw ConfigError("--alignments and --reference-alignments go together");
  if (!options.model.empty() || !options.hypothesis.empty() || !options.references.empty())
    throw ConfigError("--alignments are scored alone: without MODEL, --hypothesis and --reference");
  const double rate =
      alignment_error_rate(read_alignments(options.alignments), read_alignments(options.reference_alignments));
  LineWriter output("-");
  output.write_line(options.json ? fmt::format("{{\"scores\": [{{\"name\": \"aer\", \"score\": {}}}]}}", rate)
                                 : fmt::format("AER = {:.4f}", rate));
  output.close();
}

void evaluate(const EvaluateOptions& options, const CLI::App& command) {
  set_quiet(options.common.quiet);
  if (options.model.empty()) refuse_overrides(command, "need MODEL");
  if (!options.alignments.empty() || !options.reference_alignments.empty()) return evaluate_alignments(options);
  for (const auto& metric : options.metrics) check_metric(metric);
  check_metric_options(options.metric_options);
  const ScoredText text = options.model.empty() ? read_files(options) : translate_split(options, command);
  print_scores(score_text(text, options), options.json ? ScoreFormat::kJson : ScoreFormat::kText);
}

}  // namespace

void add_evaluate_command(CLI::App& app) {
  CLI::App* command =
      app.add_subcommand("evaluate", "score a model's translations of a split, or a file of translations");
  auto options = std::make_shared<EvaluateOptions>();
  add_common_options(*command, options->common);
  command->add_option("model", options->model,
                      "a run directory (its best checkpoint, else the latest) or a checkpoint: translate and score");
  command->add_option("--split", options->split, "of the model's own config: test (default), validation or train")
      ->check(CLI::IsMember({"test", "validation", "train"}));
  command->add_option("-o,--output", options->output, "with MODEL: also write the translations to this file");
  command->add_option("--hypothesis", options->hypothesis, "the translations, one a line ('-': standard input)");
  command->add_option("--reference", options->references, "what they should be; repeat it for several references")
      ->allow_extra_args(false);
  command->add_option("--alignments", options->alignments,
                      "instead: word alignments, 'SOURCE-TARGET ...' a line, whose error rate is wanted");
  command->add_option("--reference-alignments", options->reference_alignments, "what they should be");
  command->add_option("--metrics", options->metrics, "scores wanted, in this order: bleu, chrf (default: bleu)")
      ->delimiter(',')
      ->allow_extra_args(false);
  command->add_option("--tokenize", options->metric_options.tokenizer,
                      "BLEU's tokens: 13a, intl, zh, char or none (default: 13a)");
  command
      ->add_option("--chrf-word-order", options->metric_options.chrf_word_order,
                   "word n-grams in chrF; 2 makes it chrF++ (default: 0)")
      ->check(CLI::Range(0, 6));
  command->add_flag("--json", options->json, "print JSON, numbers in full");
  command->allow_extras();
  command->footer("With MODEL, --decode.key=value changes the search, e.g. --decode.beam_size=1.");
  command->callback([command, options] { evaluate(*options, *command); });
}

}  // namespace heed

#include <fmt/format.h>

#include <algorithm>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "cli/commands.h"
#include "cli/distinct_files.h"
#include "cli/model_options.h"
#include "cli/scored_text.h"
#include "cli/scores.h"
#include "cli/system_comparison.h"
#include "cli/text_scoring.h"
#include "cli/threads.h"
#include "core/error.h"
#include "core/line_writer.h"
#include "core/logging.h"
#include "core/work.h"
#include "eval/alignment_error.h"
#include "eval/metrics.h"
#include "train/metric_options.h"
#include "watch/work_display.h"

namespace heed {
namespace {

struct EvaluateOptions {
  CommonOptions common;
  std::string model, split, source, output;
  std::string alignments, reference_alignments, test, per_sentence, html;
  std::vector<std::string> hypotheses, references;
  ScoringOptions scoring;
  bool json = false, confidence = false;
  int64_t samples = 0, worst = 0;
  std::optional<uint32_t> seed;

  bool resamples() const { return confidence || (test != "none" && (hypotheses.size() > 1 || !test.empty())); }
  // Whether several systems, or the lines of one, are looked at.
  bool compares() const {
    return hypotheses.size() > 1 || confidence || !test.empty() || !per_sentence.empty() || worst > 0 || !html.empty();
  }
};

void refuse(bool given, const std::string& message) {
  if (given) throw ConfigError(message);
}

// Which of its three kinds the command is of, and whether all is there that it needs.
void check_files(const EvaluateOptions& options) {
  const bool model = !options.model.empty();
  refuse(!model && !options.source.empty(), "--source is what a model is to translate: give MODEL, too");
  refuse(!model && !options.split.empty(), "--split is of a model's config: give MODEL, too");
  refuse(!model && !options.output.empty(), "-o is for translations: give MODEL, too");
  refuse(!model && (options.hypotheses.empty() || options.references.empty()),
         "evaluate needs MODEL, or --hypothesis FILE and at least one --reference FILE; see heed evaluate --help");
  refuse(model && options.compares() && options.hypotheses.empty(),
         "--confidence, --test, --per-sentence, --worst and --html are of --hypothesis files: write MODEL's with -o "
         "first");
  refuse(options.hypotheses.size() == 1 && !options.test.empty() && options.test != "none",
         "--test compares systems with the first: give --hypothesis for each (--confidence is of one)");
  refuse((options.samples > 0 || options.seed) && !options.resamples(),
         "--samples and --seed are of a test: give --hypothesis for each system, or --confidence for one");
  refuse(options.html == "-", "--html is a page in a file, standard output has the scores: give it a name");
  refuse(options.json && options.worst > 0, "--worst prints lines to read, --json scores: give one of them");
  refuse(model && !options.hypotheses.empty(),
         "--hypothesis is scored as it is, but MODEL writes its own: give one of them");
  refuse(!options.source.empty() && !options.split.empty(),
         "--source and --split both say what to translate: give one of them");
  refuse(model && options.source.empty() != options.references.empty(),
         "--source and --reference go together: what MODEL is to translate, and what it should be");
  std::vector<std::string> inputs = options.references;
  inputs.insert(inputs.end(), options.hypotheses.begin(), options.hypotheses.end());
  inputs.push_back(options.source);
  refuse(std::count(inputs.begin(), inputs.end(), "-") > 1, "only one of the files can be standard input");
  std::vector<NamedFile> read;
  for (const std::string& file : options.hypotheses) read.push_back({"--hypothesis", file});
  for (const std::string& file : options.references) read.push_back({"--reference", file});
  require_distinct(read, {{"--per-sentence", options.per_sentence}, {"--html", options.html}});
}

// Before anything is loaded.
void check_scoring(const EvaluateOptions& options) {
  for (const auto& metric : options.scoring.metrics) check_metric(metric);
  if (options.scoring.tokenize.empty()) return;
  refuse(bleu_tokenizer(options.scoring.tokenize) == BleuTokenizer::kSpm && options.model.empty(),
         "--tokenize spm cuts text into the pieces of a model's own tokenizer: give MODEL, or another tokenizer");
}

CorpusToTranslate split_of(const Config& config, const std::string& split) {
  const CorpusConfig& corpus = split == "test"         ? config.data.test
                               : split == "validation" ? config.data.validation
                                                       : config.data.train;
  if (corpus.empty())
    throw ConfigError("the model's config has no data." + split +
                      ": give --source and --reference, or another --split");
  return {corpus.source, {corpus.target}, {}};
}

// The files that were named, or a split of the model's own config.
CorpusToTranslate corpus_of(const EvaluateOptions& options, const Config& config) {
  CorpusToTranslate corpus;
  if (options.source.empty()) {
    corpus = split_of(config, options.split.empty() ? "test" : options.split);
  } else {
    corpus.source = {options.source};
    for (const std::string& file : options.references) corpus.references.push_back({file});
  }
  corpus.output = options.output;
  std::vector<NamedFile> inputs;
  for (const std::string& file : corpus.source) inputs.push_back({"source", file});
  for (const TextFiles& files : corpus.references)
    for (const std::string& file : files) inputs.push_back({"reference", file});
  require_distinct(inputs, {{"-o", options.output}});
  return corpus;
}

// The keys of the config that decide what is read and how it is scored, as far as no option does.
OpenKeys open_keys(const EvaluateOptions& options) {
  OpenKeys keys = kDecodingKeys;
  if (options.source.empty()) keys.push_back("data." + (options.split.empty() ? "test" : options.split) + ".");
  if (options.scoring.tokenize.empty()) keys.emplace_back("eval.bleu_tokenize");
  return keys;
}

std::vector<Score> scores_of_files(const EvaluateOptions& options) {
  constexpr int64_t kLinesOfAStep = 1000;  // between two reports
  std::vector<TextFiles> files = {{options.hypotheses.front()}};
  for (const std::string& file : options.references) files.push_back({file});
  ParallelTexts texts(files, {});
  TextScoring scoring(options.scoring, {});
  Work work("scoring", "lines");
  std::vector<std::string> lines;
  for (int64_t count = 1; texts.next(lines); ++count) {
    scoring.add(std::move(lines));
    if (count % kLinesOfAStep == 0) work.advance(kLinesOfAStep);
  }
  return scoring.scores(options.hypotheses.front());
}

ComparisonOptions comparison_of(const EvaluateOptions& options) {
  ComparisonOptions comparison;
  comparison.systems = options.hypotheses;
  comparison.references = options.references;
  comparison.scoring = options.scoring;
  const bool tests = options.hypotheses.size() > 1 && options.test != "none";
  comparison.test = !tests                            ? PairedTest::kNone
                    : options.test == "randomization" ? PairedTest::kRandomization
                                                      : PairedTest::kBootstrap;
  comparison.confidence = options.confidence;
  comparison.samples = options.samples;
  if (options.seed) comparison.seed = *options.seed;
  comparison.per_sentence = options.per_sentence;
  comparison.worst = options.worst;
  comparison.html = options.html;
  comparison.json = options.json;
  return comparison;
}

void evaluate_alignments(const EvaluateOptions& options) {
  if (options.alignments.empty() || options.reference_alignments.empty())
    throw ConfigError("--alignments and --reference-alignments go together");
  if (!options.model.empty() || !options.hypotheses.empty() || !options.references.empty())
    throw ConfigError("--alignments are scored alone: without MODEL, --hypothesis and --reference");
  ParallelTexts texts({{options.alignments}, {options.reference_alignments}}, {});
  AlignmentErrorRate rate;
  std::vector<std::string> lines;
  for (int64_t number = 1; texts.next(lines); ++number) {
    const auto links = [number](const std::string& line, const std::string& file) {
      return parse_pharaoh(line, file + ":" + std::to_string(number));
    };
    rate.add(links(lines[0], options.alignments), links(lines[1], options.reference_alignments));
  }
  LineWriter output("-");
  output.write_line(options.json ? fmt::format("{{\"scores\": [{{\"name\": \"aer\", \"score\": {}}}]}}", rate.value())
                                 : fmt::format("AER = {:.4f}", rate.value()));
  output.close();
}

std::vector<Score> scores_of_model(const EvaluateOptions& options, const CLI::App& command) {
  const TranslationModel model = load_model(options.model, options.common, command, {}, open_keys(options));
  const CorpusToTranslate corpus = corpus_of(options, model.config);
  TextScoring scoring(options.scoring, metric_options(model.config.eval, model.tokenizers));
  translate_corpus(model, corpus, [&scoring](const std::string& hypothesis, std::span<const std::string> references) {
    ScoredTexts line = {hypothesis};
    line.insert(line.end(), references.begin(), references.end());
    scoring.add(std::move(line));
  });
  return scoring.scores(options.model);
}

void evaluate(const EvaluateOptions& options, const CLI::App& command) {
  set_quiet(options.common.quiet);
  if (options.model.empty()) refuse_overrides(command, "need MODEL");
  if (!options.alignments.empty() || !options.reference_alignments.empty()) return evaluate_alignments(options);
  check_files(options);
  check_scoring(options);
  const CommandDisplay display(options.common.quiet);
  if (options.model.empty()) set_threads(options.common.threads > 0 ? options.common.threads : all_cores());
  if (options.compares()) return compare_systems(comparison_of(options));
  print_scores(options.model.empty() ? scores_of_files(options) : scores_of_model(options, command),
               options.json ? ScoreFormat::kJson : ScoreFormat::kText);
}

void add_comparison_options(CLI::App& command, EvaluateOptions& options) {
  command.add_flag("--confidence", options.confidence, "also the interval that 95 of 100 bootstrap samples are in");
  command
      .add_option("--test", options.test,
                  "whether a system differs from the first by chance: bootstrap (default), randomization or none")
      ->check(CLI::IsMember({"bootstrap", "randomization", "none"}));
  command.add_option("--samples", options.samples, "of the test (default: 1000, of randomization 10000)")
      ->check(CLI::Range(int64_t{1}, int64_t{1000000}));
  command.add_option("--seed", options.seed, "of its random numbers (default: 12345, as sacreBLEU's)");
  command.add_option("--per-sentence", options.per_sentence,
                     "also write every line's scores to this file, separated by tabs");
  command.add_option("--html", options.html,
                     "also write a page to read them side by side, differing words marked, sorted by any metric");
  command
      .add_option("--worst", options.worst,
                  "also print the N lines on which the last system loses most to the first, or is worst alone")
      ->check(CLI::Range(int64_t{1}, int64_t{1000000}));
}

}  // namespace

void add_evaluate_command(CLI::App& app) {
  CLI::App* command =
      app.add_subcommand("evaluate", "score a model's translations of a text, or a file of translations");
  auto options = std::make_shared<EvaluateOptions>();
  add_common_options(*command, options->common);
  command->add_option("model", options->model,
                      "a run directory (its best checkpoint, else the latest) or a checkpoint: translate and score");
  command->add_option("--split", options->split, "of the model's own config: test (default), validation or train")
      ->check(CLI::IsMember({"test", "validation", "train"}));
  command->add_option("--source", options->source,
                      "with MODEL: translate this text instead ('-': standard input); its --reference goes with it");
  command->add_option("-o,--output", options->output,
                      "with MODEL: also write the translations to this file, when all are there");
  command
      ->add_option("--hypothesis", options->hypotheses,
                   "the translations, one a line ('-': standard input); repeat it to compare systems with the first")
      ->allow_extra_args(false);
  command->add_option("--reference", options->references, "what they should be; repeat it for several references")
      ->allow_extra_args(false);
  command->add_option("--alignments", options->alignments,
                      "instead: word alignments, 'SOURCE-TARGET ...' a line, whose error rate is wanted");
  command->add_option("--reference-alignments", options->reference_alignments, "what they should be");
  add_scoring_options(*command, options->scoring);
  add_comparison_options(*command, *options);
  command->add_flag("--json", options->json, "print JSON, numbers in full");
  command->allow_extras();
  command->footer(
      "With MODEL, --decode.key=value changes the search, e.g. --decode.beam_size=1, and --data.test.source=FILE and\n"
      "--data.test.target=FILE (or of the --split) what is translated.\n"
      "Example: heed evaluate runs/quickstart --source news.en --reference news.de --metrics bleu,chrf");
  command->callback([command, options] { evaluate(*options, *command); });
}

}  // namespace heed

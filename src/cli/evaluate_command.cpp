#include <fmt/format.h>

#include <algorithm>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "cli/commands.h"
#include "cli/distinct_files.h"
#include "cli/model_options.h"
#include "cli/scored_text.h"
#include "cli/scores.h"
#include "core/error.h"
#include "core/line_writer.h"
#include "core/logging.h"
#include "core/work.h"
#include "eval/alignment_error.h"
#include "eval/metrics.h"
#include "eval/tokenizer_warning.h"
#include "train/metric_options.h"
#include "watch/work_display.h"

namespace heed {
namespace {

struct EvaluateOptions {
  CommonOptions common;
  std::string model, split, source, output;
  std::string hypothesis, alignments, reference_alignments;
  std::vector<std::string> references;
  std::vector<std::string> metrics = {"bleu"};
  std::string tokenize;  // empty: as the model's config says, else 13a
  int chrf_word_order = 0;
  bool json = false;
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
  refuse(!model && (options.hypothesis.empty() || options.references.empty()),
         "evaluate needs MODEL, or --hypothesis FILE and at least one --reference FILE; see heed evaluate --help");
  refuse(model && !options.hypothesis.empty(),
         "--hypothesis is scored as it is, but MODEL writes its own: give one of them");
  refuse(!options.source.empty() && !options.split.empty(),
         "--source and --split both say what to translate: give one of them");
  refuse(model && options.source.empty() != options.references.empty(),
         "--source and --reference go together: what MODEL is to translate, and what it should be");
  std::vector<std::string> inputs = options.references;
  inputs.insert(inputs.end(), {options.hypothesis, options.source});
  refuse(std::count(inputs.begin(), inputs.end(), "-") > 1, "only one of the files can be standard input");
}

// Before anything is loaded.
void check_scoring(const EvaluateOptions& options) {
  for (const auto& metric : options.metrics) check_metric(metric);
  if (options.tokenize.empty()) return;
  refuse(bleu_tokenizer(options.tokenize) == BleuTokenizer::kSpm && options.model.empty(),
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
  if (options.tokenize.empty()) keys.emplace_back("eval.bleu_tokenize");
  return keys;
}

// The metrics asked for, of lines that come one after another, and what BLEU's reader is to be warned of.
class TextScoring {
 public:
  TextScoring(const EvaluateOptions& options, MetricOptions metric_options, size_t num_references)
      : tokenizer_(options.tokenize.empty() ? metric_options.tokenizer : bleu_tokenizer(options.tokenize)),
        warns_(std::count(options.metrics.begin(), options.metrics.end(), "bleu") > 0),
        fit_(tokenizer_) {
    metric_options.tokenizer = tokenizer_;
    metric_options.chrf_word_order = options.chrf_word_order;
    for (const std::string& metric : options.metrics) sums_.emplace_back(metric, num_references, metric_options);
  }

  void add(const std::string& hypothesis, std::span<const std::string> references) {
    for (MetricSum& sum : sums_) sum.add(hypothesis, references);
    if (!warns_) return;
    fit_.add(references.front());
    if (hypothesis.ends_with(" .")) ++tokenized_;
  }

  // `name` of the hypotheses, in warnings.
  std::vector<Score> scores(const std::string& name) const {
    if (warns_) warn(name);
    std::vector<Score> scores;
    for (const MetricSum& sum : sums_) scores.push_back(sum.score());
    return scores;
  }

 private:
  void warn(const std::string& name) const {
    constexpr int64_t kMany = 100;  // as sacreBLEU
    if (tokenizer_ != BleuTokenizer::kNone && tokenized_ >= kMany)
      log_warning(name + ": " + std::to_string(tokenized_) +
                  " lines end in ' .': BLEU expects plain text; detokenize it, or its scores compare with nobody's");
    if (const auto warning = fit_.warning()) log_warning(*warning);
  }

  BleuTokenizer tokenizer_;
  bool warns_;
  std::vector<MetricSum> sums_;
  TokenizerFit fit_;       // of the first reference
  int64_t tokenized_ = 0;  // hypotheses that look like it
};

std::vector<Score> scores_of_files(const EvaluateOptions& options) {
  constexpr int64_t kLinesOfAStep = 1000;  // between two reports
  std::vector<TextFiles> files = {{options.hypothesis}};
  for (const std::string& file : options.references) files.push_back({file});
  ParallelTexts texts(files, {});
  TextScoring scoring(options, {}, options.references.size());
  Work work("scoring", "lines");
  std::vector<std::string> lines;
  for (int64_t count = 1; texts.next(lines); ++count) {
    scoring.add(lines.front(), std::span(lines).subspan(1));
    if (count % kLinesOfAStep == 0) work.advance(kLinesOfAStep);
  }
  return scoring.scores(options.hypothesis);
}

void evaluate_alignments(const EvaluateOptions& options) {
  if (options.alignments.empty() || options.reference_alignments.empty())
    throw ConfigError("--alignments and --reference-alignments go together");
  if (!options.model.empty() || !options.hypothesis.empty() || !options.references.empty())
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
  TextScoring scoring(options, metric_options(model.config.eval, model.tokenizers), corpus.references.size());
  translate_corpus(model, corpus, [&scoring](const std::string& hypothesis, std::span<const std::string> references) {
    scoring.add(hypothesis, references);
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
  print_scores(options.model.empty() ? scores_of_files(options) : scores_of_model(options, command),
               options.json ? ScoreFormat::kJson : ScoreFormat::kText);
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
  command->add_option("--hypothesis", options->hypothesis, "the translations, one a line ('-': standard input)");
  command->add_option("--reference", options->references, "what they should be; repeat it for several references")
      ->allow_extra_args(false);
  command->add_option("--alignments", options->alignments,
                      "instead: word alignments, 'SOURCE-TARGET ...' a line, whose error rate is wanted");
  command->add_option("--reference-alignments", options->reference_alignments, "what they should be");
  command->add_option("--metrics", options->metrics, "scores wanted, in this order: bleu, chrf (default: bleu)")
      ->delimiter(',')
      ->allow_extra_args(false);
  command->add_option("--tokenize", options->tokenize,
                      "BLEU's tokens: 13a, intl, zh, char, none or, with MODEL, spm: its own pieces\n"
                      "(default: eval.bleu_tokenize of the model's config, else 13a)");
  command
      ->add_option("--chrf-word-order", options->chrf_word_order,
                   "word n-grams in chrF; 2 makes it chrF++ (default: 0)")
      ->check(CLI::Range(0, 6));
  command->add_flag("--json", options->json, "print JSON, numbers in full");
  command->allow_extras();
  command->footer(
      "With MODEL, --decode.key=value changes the search, e.g. --decode.beam_size=1, and --data.test.source=FILE and\n"
      "--data.test.target=FILE (or of the --split) what is translated.\n"
      "Example: heed evaluate runs/quickstart --source news.en --reference news.de --metrics bleu,chrf");
  command->callback([command, options] { evaluate(*options, *command); });
}

}  // namespace heed

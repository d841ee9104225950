#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "cli/audit_json.h"
#include "cli/audit_result.h"
#include "cli/audit_sheet.h"
#include "cli/commands.h"
#include "cli/distinct_files.h"
#include "cli/run_origin.h"
#include "cli/threads.h"
#include "cli/train_run.h"
#include "cli/training_parts.h"
#include "cli/update_timing.h"
#include "core/error.h"
#include "core/line_writer.h"
#include "core/logging.h"
#include "data/outside_words.h"
#include "report/sheet.h"
#include "watch/work_display.h"

namespace heed {
namespace {

namespace fs = std::filesystem;

struct AuditOptions {
  CommonOptions common;
  std::string config, html;
  bool json = false, no_timing = false;
};

// What training would begin with.
struct TrainingStart {
  Config config;  // resolved
  Tokenizers tokenizers;
  std::optional<RunOrigin> origin;  // whose weights it begins with; draws of them end as a trained model's do
};

LoadedConfig load_audited_config(const AuditOptions& options, std::vector<std::string> overrides) {
  if (options.common.threads > 0) overrides.push_back("run.threads=" + std::to_string(options.common.threads));
  if (!options.common.device.empty()) overrides.push_back("run.device=" + options.common.device);
  if (!fs::is_directory(options.config)) return load_config_and_keys(options.config, overrides);
  const RunDirectory run{fs::path(options.config)};
  if (!fs::exists(run.config_file()))
    throw ConfigError(options.config + ": no config.yaml there: expected the directory of a run, or a YAML file");
  overrides.insert(overrides.begin(), "run.directory=" + options.config);
  return load_config_and_keys(run.config_file().string(), overrides);
}

// A run's directory has its words in its checkpoints; a config may take those of train.initialize_from.
TrainingStart start_of(const AuditOptions& options, LoadedConfig loaded) {
  Config& config = loaded.config;
  const bool is_run = fs::is_directory(options.config) && !RunDirectory{fs::path(options.config)}.steps().empty();
  std::optional<RunOrigin> origin;
  if (is_run) {
    origin = read_origin_of_model(options.config);
  } else if (!config.train.initialize_from.empty()) {
    origin = read_origin_of_model(config.train.initialize_from);
    take_model(loaded, *origin);
    if (config.train.initialize_tokenizer) require_tokenizer_of(*origin, loaded);
  }
  resolve_automatic(config);
  set_threads(config.run.threads);
  const bool takes_words = origin && (is_run || config.train.initialize_tokenizer);
  Tokenizers tokenizers = takes_words ? take_tokenizers(config, *origin) : new_tokenizers(config);
  return {config, std::move(tokenizers), std::move(origin)};
}

UpdateTiming time_training(const TrainingStart& start, const ParallelCorpus& corpus) {
  const std::optional<GuidedAlignment> guide = read_guide(start.config, corpus, start.tokenizers);
  EncoderDecoder model = build_model(start.config, start.tokenizers);
  if (start.origin) take_weights(model, *start.origin, start.config, start.tokenizers);
  const RunDirectory nowhere{fs::path()};
  TrainerParts parts{start.config, model, start.tokenizers, corpus, nullptr, nowhere, {}};
  parts.guide = guide ? &*guide : nullptr;
  return time_updates(std::move(parts));
}

// data.validation as training opens it (train/validator.h).
ParallelCorpus open_validation_corpus(const TrainingStart& start) {
  return ParallelCorpus::open(
      start.config.data.validation, start.config.data, start.tokenizers,
      {KeepText::kNo, PairRule::kEveryLine, copies_words(start.config.model, start.tokenizers)});
}

// The corpora one after another, beside the shapes of their pairs, by which they are compared.
class Auditing {
 public:
  Auditing(const TrainingStart& start, AuditResult& result) : start_(start), result_(result) {}

  void add(const std::string& name, const CorpusConfig& files, const ParallelCorpus* corpus) {
    ShapedAudit shaped = audit_corpus(files, start_.config.data, start_.tokenizers, corpus);
    AuditResult::Split split{name, std::move(shaped.audit), {}, ""};
    if (corpus != nullptr) split.counts = corpus->counts();
    if (split.counts && split.counts->changed > 0) split.first_changed = corpus->place(split.counts->first_changed);
    result_.splits.push_back(std::move(split));
    shapes_.push_back(std::move(shaped.pairs));
  }

  void compare() {
    for (size_t in = 0; in + 1 < shapes_.size(); ++in) {
      const PairIndex index(shapes_[in]);
      for (size_t of = in + 1; of < shapes_.size(); ++of)
        result_.overlaps.push_back({of, in, index.overlap(shapes_[of])});
    }
  }

 private:
  const TrainingStart& start_;
  AuditResult& result_;
  std::vector<std::vector<PairShape>> shapes_;
};

AuditResult audit_of(const AuditOptions& options, const TrainingStart& start) {
  AuditResult result{options.config, start.config, start.tokenizers, {}, {}, {}};
  const DataConfig& data = start.config.data;
  Auditing auditing(start, result);
  const ParallelCorpus training = open_training_corpus(start.config, start.tokenizers);
  // First, so that the most memory that was used until then is what training needs, too.
  if (!options.no_timing) result.timing = time_training(start, training);
  auditing.add("train", data.train, &training);
  if (!data.validation.empty()) {
    const ParallelCorpus validation = open_validation_corpus(start);
    auditing.add("validation", data.validation, &validation);
  }
  if (!data.test.empty()) auditing.add("test", data.test, nullptr);
  auditing.compare();
  return result;
}

std::vector<NamedFile> inputs_of(const AuditOptions& options, const Config& config) {
  const DataConfig& data = config.data;
  std::vector<NamedFile> inputs;
  for (const std::string& model : {config.tokenizer.source_model, config.tokenizer.target_model})
    if (!model.empty()) inputs.push_back({"a tokenizer", model});
  for (const std::string& file : config.train.guided_alignment) inputs.push_back({"word alignments", file});
  if (!fs::is_directory(options.config)) inputs.push_back({"the config", options.config});
  for (const CorpusConfig* corpus : {&data.train, &data.validation, &data.test})
    for (const auto* files : {&corpus->source, &corpus->target})
      for (const std::string& file : *files) inputs.push_back({"a corpus", file});
  return inputs;
}

void write_page(const std::string& path, const Sheet& sheet) {
  LineWriter output(path);
  output.write(sheet_page(sheet));
  output.close();
}

void audit(const AuditOptions& options, const std::vector<std::string>& overrides) {
  set_quiet(options.common.quiet);
  LoadedConfig loaded = load_audited_config(options, overrides);
  if (loaded.config.data.train.empty())
    throw ConfigError(options.config + ": data.train is not set: expected the corpus to look at");
  if (options.html == "-") throw ConfigError("--html -: expected a file: standard output has the report");
  if (!options.html.empty()) require_distinct(inputs_of(options, loaded.config), {{"--html", options.html}});
  const CommandDisplay display(options.common.quiet);
  const AuditResult result = audit_of(options, start_of(options, std::move(loaded)));
  const Sheet sheet = audit_sheet(result);
  if (!options.html.empty()) write_page(options.html, sheet);
  print_text(options.json ? audit_json(result) : sheet_text(sheet));
}

}  // namespace

void add_audit_command(CLI::App& app) {
  CLI::App* command = app.add_subcommand("audit", "what is in the corpora of a config, before anything is trained");
  auto options = std::make_shared<AuditOptions>();
  add_common_options(*command, options->common);
  command
      ->add_option("config", options->config,
                   "the run's YAML file, or the directory of a run; --section.key=value changes a key")
      ->required();
  command->add_flag("--json", options->json, "print all numbers as JSON");
  command->add_option("--html", options->html, "also write the report with its plots to this file, a page for itself");
  command->add_flag("--no-timing", options->no_timing, "leave out what an epoch costs: no update is made");
  command->allow_extras();
  command->footer(
      "Findings come first, with files and lines: what is dropped or cut and why, shifted blocks, lengths that do not\n"
      "go together, repeated pairs, what validation or test share with training, characters outside the tokenizer.\n"
      "'!' marks what spoils a model or its scores. Three updates are made to tell what an epoch costs. Corpora are\n"
      "tokenised into the cache that training uses, which then begins sooner; nothing else is written.\n"
      "Example: heed audit my.yaml --html audit.html --data.max_source_length=100");
  command->callback([command, options] { audit(*options, config_overrides(*command)); });
}

}  // namespace heed

#include <fmt/format.h>

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "cli/commands.h"
#include "cli/distinct_files.h"
#include "cli/model_options.h"
#include "cli/model_text.h"
#include "core/error.h"
#include "core/line_writer.h"
#include "core/utf8.h"
#include "decode/translator.h"
#include "report/attention_json.h"
#include "report/attention_page.h"
#include "report/heat_map.h"
#include "report/heat_map_sheet.h"
#include "watch/attention_view_of.h"

namespace heed {
namespace {

struct AttentionOptions {
  CommonOptions common;
  std::string model, source, target, output, format, kind = "cross";
  std::vector<std::string> compare;
  int layer = 0, head = 0;  // 0: the average
  bool pieces = false;
};

const std::map<std::string, AttentionKind> kKinds = {{"encoder_self", AttentionKind::kEncoderSelf},
                                                     {"decoder_self", AttentionKind::kDecoderSelf},
                                                     {"cross", AttentionKind::kCross}};

std::string format_of(const AttentionOptions& options) {
  if (!options.format.empty()) return options.format;
  for (const char* format : {"svg", "html", "json"})
    if (options.output.ends_with(std::string(".") + format)) return format;
  throw ConfigError("-o " + options.output +
                    ": cannot tell the format from its ending: give --format svg, html or json");
}

std::vector<std::string> models_of(const AttentionOptions& options, const CLI::App& command) {
  std::vector<std::string> paths = options.compare;
  if (command.count("model") > 0) paths.insert(paths.begin(), options.model);
  if (paths.empty()) throw CLI::RequiredError("model");
  return paths;
}

HeatMap chosen_map(const ModelAttention& attention, const AttentionOptions& options) {
  const AttentionView shown = options.pieces ? attention.view : merge_to_words(attention.view);
  try {
    return heat_map(shown, choose_attention(shown, {kKinds.at(options.kind), options.layer, options.head}));
  } catch (const ConfigError& error) {
    throw ConfigError(attention.model + ": " + error.what());
  }
}

std::string heat_maps(const std::vector<ModelAttention>& models, const AttentionOptions& options) {
  std::vector<HeatMap> maps;
  for (const ModelAttention& model : models) maps.push_back(chosen_map(model, options));
  if (options.compare.empty()) return heat_map_svg(maps.front());
  const std::string what = maps.front().title;  // of all of them
  for (size_t i = 0; i < maps.size(); ++i) maps[i].title = models[i].model;
  return heat_map_sheet_svg(what, maps);
}

std::string picture(const std::vector<ModelAttention>& models, const std::string& format,
                    const AttentionOptions& options) {
  const bool one = options.compare.empty();
  if (format == "svg") return heat_maps(models, options);
  if (format == "json") return one ? attention_json(models.front().view) : comparison_json(models);
  return one ? attention_page(models.front().view, "What the model looks at")
             : comparison_page(models, "What the models look at");
}

// What one model looks at; it is in memory only meanwhile. A target that is not given is its own translation, and given
// from then on.
AttentionView view_of(const std::string& path, std::optional<std::string>& target, const AttentionOptions& options,
                      const CLI::App& command) {
  const TranslationModel model = load_model(path, options.common, command);
  const std::string source = text_of_option("--source", options.source, model.config.data);
  Translator translator(model.model, model.tokenizers, model.config.decode, reading_limits(model.config.data));
  if (!target) target = translator.translate({source}).front().text;
  const std::string written = text_of_option("--target", *target, model.config.data);
  AttentionView view = attention_view_of(translator.attend({source}, {written}).front());
  translator.warn_of_losses(options.compare.empty() ? "" : path);
  if (view.maps.empty()) throw DataError("--source: a blank text has no attention to draw");
  return view;
}

void draw_attention(const AttentionOptions& options, const CLI::App& command) {
  const std::vector<std::string> paths = models_of(options, command);
  const std::string format = format_of(options);
  require_distinct({}, {{"-o", options.output}});
  for (const char* choice : {"--kind", "--layer", "--head", "--pieces"})
    if (format != "svg" && command.count(choice) > 0)
      throw ConfigError(fmt::format("{} chooses what an svg shows; {} has everything", choice, format));
  std::optional<std::string> target;
  if (command.count("--target") > 0) target = options.target;
  std::vector<ModelAttention> models;
  for (const std::string& path : paths) models.push_back({path, view_of(path, target, options, command)});
  std::string text = picture(models, format, options);  // first: an error must not empty the file
  if (text.ends_with('\n')) text.pop_back();            // write_line brings its own
  LineWriter output(options.output);
  output.write_line(text);
  output.close();
}

}  // namespace

void add_attention_command(CLI::App& app) {
  CLI::App* command = app.add_subcommand("attention", "draw what a model looks at: a heat map, a page, or the numbers");
  auto options = std::make_shared<AttentionOptions>();
  add_common_options(*command, options->common);
  command->add_option("model", options->model,
                      "a run directory (its best checkpoint, else the latest) or a checkpoint");
  command->add_option("--compare", options->compare, "more models, drawn beside it: the same source and target");
  command->add_option("--source", options->source, "the source text")->required();
  command->add_option("--target", options->target,
                      "the target text (default: the model's own translation, with --compare the first one's)");
  command->add_option("-o,--output", options->output, "FILE.svg, FILE.html or FILE.json ('-': standard output)")
      ->required();
  command->add_option("--format", options->format, "svg, html or json (default: what the file's ending says)")
      ->check(CLI::IsMember({"svg", "html", "json"}));
  command->add_option("--kind", options->kind, "svg: cross (default), encoder_self or decoder_self")
      ->check(CLI::IsMember({"cross", "encoder_self", "decoder_self"}));
  command->add_option("--layer", options->layer, "svg: the layer, from 1 (default: the average)")
      ->check(CLI::Range(0, 1000));
  command->add_option("--head", options->head, "svg: the head, from 1 (default: the average)")
      ->check(CLI::Range(0, 1024));
  command->add_flag("--pieces", options->pieces, "svg: pieces as the model sees them, not merged into words");
  command->allow_extras();
  command->footer(
      "The page (html) shows every layer and head, words or pieces, with values on hover, and needs no network.\n"
      "Example: heed attention runs/quickstart --source 'The old man reads the book.' -o attention.html\n"
      "Several models: heed attention runs/a --compare runs/b runs/c --source 'The old man reads.' -o attention.svg");
  command->callback([command, options] { draw_attention(*options, *command); });
}

}  // namespace heed

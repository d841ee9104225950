#include "cli/command_line.h"

#include <algorithm>
#include <map>
#include <sstream>
#include <string_view>
#include <vector>

#include "cli/commands.h"
#include "cli/version_text.h"
#include "config/nearest_key.h"
#include "config/value.h"
#include "core/error.h"
#include "core/line_writer.h"

namespace heed {
namespace {

// What other toolkits call a command.
const std::map<std::string_view, std::string_view> kForeignCommands = {
    {"test", "evaluate"},     {"validate", "evaluate"}, {"predict", "translate"},     {"generate", "translate"},
    {"decode", "translate"},  {"infer", "translate"},   {"interactive", "translate"}, {"convert", "export"},
    {"build_vocab", "vocab"}, {"preprocess", "vocab"},  {"tokenize", "vocab"},        {"rescore", "score"},
    {"info", "inspect"},      {"show", "inspect"},      {"plot", "attention"},        {"fit", "train"},
    {"stats", "audit"},       {"analyze", "audit"},
};

std::string command_meant(const CLI::App& app, const std::string& name) {
  const auto foreign = kForeignCommands.find(canonical(name));
  if (foreign != kForeignCommands.end()) return std::string(foreign->second);
  std::vector<std::string_view> names;
  for (const CLI::App* command : app.get_subcommands({})) names.push_back(command->get_name());
  return std::string(nearest(name, names));
}

// The first word that looks like an option and is none of the command's.
const std::string* stray_option(const std::vector<std::string>& rest) {
  const auto found = std::find_if(rest.begin(), rest.end(), [](const std::string& word) {
    return word.starts_with('-') && word.substr(0, word.find('=')).find('.') == std::string::npos;
  });
  return found == rest.end() ? nullptr : &*found;
}

// What is wrong with a line: a missing argument is often a misspelt one.
std::string usage_error(const CLI::App& app, const CLI::ParseError& error) {
  const std::vector<CLI::App*> running = app.get_subcommands();
  const CLI::App& command = running.empty() ? app : *running.front();
  const std::vector<std::string> rest = command.remaining();
  if (const std::string* stray = stray_option(rest)) return unexpected_argument(command, *stray);
  const bool is_extra = dynamic_cast<const CLI::ExtrasError*>(&error) != nullptr;
  if (is_extra && !rest.empty()) return unexpected_argument(command, rest.front());
  return std::string(error.what()) + "; see " + help_of(command);
}

}  // namespace

void add_commands(CLI::App& app) {
  app.name("heed");
  app.require_subcommand(0, 1);
  app.set_version_flag("--version", version_text);
  app.footer("heed help COMMAND explains a command, heed config the keys of a configuration.");
  for (const auto add : {add_toy_command, add_audit_command, add_vocab_command, add_train_command,
                         add_translate_command, add_evaluate_command, add_inspect_command, add_score_command,
                         add_attention_command, add_average_command, add_export_command, add_import_command,
                         add_cache_command, add_config_command, add_help_command, add_completion_command})
    add(app);
  for (CLI::App* command : app.get_subcommands([](const CLI::App* one) { return one->get_allow_extras(); })) {
    const std::string footer = command->get_footer();
    command->footer(footer + (footer.empty() ? "" : "\n") +
                    "heed config [SECTION | SECTION.KEY] explains the keys that --section.key=value sets.");
  }
}

const CLI::App& command_named(const CLI::App& app, const std::string& name) {
  for (const CLI::App* command : app.get_subcommands({}))
    if (command->get_name() == name) return *command;
  const std::string meant = command_meant(app, name);
  throw ConfigError("unknown command " + shown(name) +
                    (meant.empty() ? " (heed help lists the commands)" : " (did you mean '" + meant + "'?)"));
}

std::string help_text(const CLI::App& app) {
  return app.get_formatter()->make_help(&app, app.get_name(), CLI::AppFormatMode::Normal);
}

void run_command_line(CLI::App& app, int argc, char** argv) {
  if (argc > 1 && argv[1][0] != '-') command_named(app, argv[1]);
  try {
    app.parse(argc, argv);
  } catch (const CLI::Success& asked) {  // --help, --version
    std::ostringstream text;
    app.exit(asked, text, text);
    return print_text(text.str());
  } catch (const CLI::ParseError& error) {
    throw ConfigError(usage_error(app, error));
  }
  if (app.get_subcommands().empty()) print_text(help_text(app));
}

}  // namespace heed

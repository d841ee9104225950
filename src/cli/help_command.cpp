#include <memory>
#include <string>

#include "cli/command_line.h"
#include "cli/commands.h"
#include "core/line_writer.h"

namespace heed {

void add_help_command(CLI::App& app) {
  struct HelpOptions {
    CommonOptions common;
    std::string command;
  };
  CLI::App* command = app.add_subcommand("help", "explain a command, as its --help does");
  auto options = std::make_shared<HelpOptions>();
  add_common_options(*command, options->common);
  command->add_option("command", options->command, "the command (default: heed as a whole)");
  command->callback([&app, options] {
    const std::string& name = options->command;
    print_text(name.empty() ? help_text(app) : command_named(app, name).help(app.get_name()));
  });
}

}  // namespace heed

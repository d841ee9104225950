#include <memory>
#include <string>

#include "cli/commands.h"
#include "config/reference.h"
#include "core/line_writer.h"

namespace heed {

void add_config_command(CLI::App& app) {
  struct ConfigOptions {
    CommonOptions common;
    std::string name;
  };
  CLI::App* command = app.add_subcommand("config", "explain the keys of a configuration: meaning, values, defaults");
  auto options = std::make_shared<ConfigOptions>();
  add_common_options(*command, options->common);
  command->add_option("name", options->name, "a section (model) or a key (model.d_model); default: all of them");
  command->footer("heed train CONFIG --dump-config prints what the keys of one config come to.");
  command->callback([options] { print_text(config_text(options->name)); });
}

}  // namespace heed

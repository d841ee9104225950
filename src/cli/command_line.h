#pragma once

#include <CLI/CLI.hpp>
#include <string>

namespace heed {

// The command line as a whole: which commands there are, and what a person meant whose line is none.

// Declares every command on `app`, the root.
void add_commands(CLI::App& app);

// Runs the command that the line names, --help and --version; without one, prints the help. ConfigError for a line that
// is not understood. Errors of the work pass through.
void run_command_line(CLI::App& app, int argc, char** argv);

// The command of that name. ConfigError: "unknown command 'trian' (did you mean 'train'?)".
const CLI::App& command_named(const CLI::App& app, const std::string& name);

// The help of `heed` itself, whichever command is running.
std::string help_text(const CLI::App& app);

}  // namespace heed

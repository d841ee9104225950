#include "cli/commands.h"

namespace heed {
void add_toy_command(CLI::App& app) { app.add_subcommand("toy", "write a toy corpus"); }
}  // namespace heed

#include "cli/commands.h"

namespace heed {
void add_evaluate_command(CLI::App& app) { app.add_subcommand("evaluate", "score translations"); }
}  // namespace heed

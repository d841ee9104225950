#pragma once

#include <CLI/CLI.hpp>
#include <string>

namespace heed {

// Shell completion as a script that the shell reads once: nothing of Heed runs when a person presses TAB. All words in
// it come from the commands' own options and from the configuration's field lists.

enum class Shell { kBash, kZsh };

// `app`: the root, with every command.
std::string completion_script(const CLI::App& app, Shell shell);

}  // namespace heed

#include <memory>
#include <string>

#include "cli/commands.h"
#include "cli/completion_script.h"
#include "core/line_writer.h"

namespace heed {

void add_completion_command(CLI::App& app) {
  struct CompletionOptions {
    CommonOptions common;
    std::string shell;
  };
  CLI::App* command = app.add_subcommand("completion", "print what makes a shell complete heed's commands and keys");
  auto options = std::make_shared<CompletionOptions>();
  add_common_options(*command, options->common);
  command->add_option("shell", options->shell, "bash or zsh")->required()->check(CLI::IsMember({"bash", "zsh"}));
  command->footer(
      "bash: put  source <(heed completion bash)  into ~/.bashrc\n"
      "zsh:  put  source <(heed completion zsh)   into ~/.zshrc, after compinit");
  command->callback(
      [&app, options] { print_text(completion_script(app, options->shell == "bash" ? Shell::kBash : Shell::kZsh)); });
}

}  // namespace heed

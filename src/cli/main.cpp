#include <csignal>
#include <cstdio>
#include <exception>

#include "cli/commands.h"
#include "cli/version_text.h"
#include "core/error.h"
#include "core/process_settings.h"

namespace {

constexpr int kRuntimeError = 1;
constexpr int kUsageError = 2;

int report(const std::exception& error, int code) {
  std::fprintf(stderr, "heed: error: %s\n", error.what());
  return code;
}

}  // namespace

int main(int argc, char** argv) {
  heed::prepare_process();
  signal(SIGXFSZ, SIG_IGN);  // a file size limit is an error of write, reported like a full disk

  CLI::App app{"Heed trains attention-based sequence-to-sequence models: raw text to translations."};
  app.name("heed");
  app.require_subcommand(1);
  app.set_version_flag("--version", heed::version_text);
  heed::add_toy_command(app);
  heed::add_vocab_command(app);
  heed::add_train_command(app);
  heed::add_translate_command(app);
  heed::add_evaluate_command(app);
  heed::add_inspect_command(app);
  heed::add_score_command(app);
  heed::add_attention_command(app);
  heed::add_average_command(app);
  heed::add_export_command(app);
  heed::add_import_command(app);

  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    if (error.get_exit_code() == 0) return app.exit(error);  // --help, --version
    std::fprintf(stderr, "heed: error: %s; see --help\n", error.what());
    return kUsageError;
  } catch (const heed::ConfigError& error) {
    return report(error, kUsageError);
  } catch (const std::exception& error) {
    return report(error, kRuntimeError);
  }
  return 0;
}

// translate_window MODEL -i FILE [--rounds N] [--profile FILE] [--device D] [--section.key=value ...]
//
// Translates all lines of FILE together N + 1 times, the first time to warm up, and prints {"lines", "seconds"} with
// the median of the others: what `heed translate` takes without its start. With --profile it writes a trace of one more
// time to FILE (PyTorch's profiler), for scripts/gpu_check.py.

#include <CLI/CLI.hpp>
#include <algorithm>
#include <chrono>
#include <iostream>
#include <nlohmann/json.hpp>
#include <vector>

#include "cli/commands.h"
#include "cli/model_options.h"
#include "cli/model_text.h"
#include "core/line_reader.h"
#include "decode/translator.h"
#include "support/profiled.h"
#include "support/tool.h"

namespace heed::testing {
namespace {

struct Options {
  CommonOptions common;
  std::string model, input, profile;
  size_t rounds = 3;
};

void translate(const Options& options, const std::vector<std::string>& overrides) {
  const TranslationModel model = load_model(options.model, options.common, overrides);
  Translator translator(model.model, model.tokenizers, model.config.decode, reading_limits(model.config.data));
  LineReader reader(options.input, reading_of(model.config.data));
  std::vector<std::string> lines;
  for (std::string line; reader.next(line);) lines.push_back(line);
  translator.translate(lines);
  std::vector<double> seconds;
  for (size_t round = 0; round < options.rounds; ++round) {
    const auto start = std::chrono::steady_clock::now();
    translator.translate(lines);
    seconds.push_back(std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count());
  }
  if (!options.profile.empty())
    profiled(options.profile, model.model->device().is_cuda(), [&] { translator.translate(lines); });
  std::sort(seconds.begin(), seconds.end());
  std::cout << nlohmann::json{{"lines", lines.size()}, {"seconds", seconds[seconds.size() / 2]}}.dump() << "\n";
}

}  // namespace
}  // namespace heed::testing

int main(int argc, char** argv) {
  CLI::App app{"Translates the same lines again and again; see scripts/gpu_check.py."};
  app.name("translate_window");
  heed::testing::Options options;
  heed::add_common_options(app, options.common);
  app.add_option("model", options.model, "a run directory or a checkpoint")->required();
  app.add_option("-i,--input", options.input, "the lines")->required();
  app.add_option("--rounds", options.rounds, "how often they are translated; the median counts");
  app.add_option("--profile", options.profile, "where the trace goes");
  app.allow_extras();
  return heed::testing::run_tool(app, argc, argv,
                                 [&] { heed::testing::translate(options, heed::config_overrides(app)); });
}

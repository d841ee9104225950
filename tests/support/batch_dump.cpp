// batch_dump CONFIG N [--section.key=value ...]: the first N training batches of a config on stdout, as JSON lines of
// ids (support/id_batches.h). Other programs can so train on the very batches that `heed train CONFIG` learns from.

#include <CLI/CLI.hpp>
#include <cstdio>

#include "cli/commands.h"
#include "config/config.h"
#include "core/error.h"
#include "support/corpus_batches.h"
#include "support/id_batches.h"
#include "support/tool.h"

namespace {

void dump_batches(const CLI::App& app, const std::string& path, int64_t count) {
  const heed::Config config = heed::load_config(path, heed::config_overrides(app));
  heed::testing::CorpusBatches batches(config);
  for (int64_t b = 0; b < count; ++b) std::puts(heed::testing::to_json_line(batches.next()).c_str());
  if (std::fflush(stdout) != 0 || std::ferror(stdout)) throw heed::Error("standard output: cannot be written");
}

}  // namespace

int main(int argc, char** argv) {
  CLI::App app{"The first batches of a config as JSON lines of ids."};
  app.name("batch_dump");
  std::string config;
  int64_t count = 0;
  app.add_option("config", config, "the run's YAML file; --section.key=value changes a key")->required();
  app.add_option("count", count, "number of batches")->required()->check(CLI::PositiveNumber);
  app.allow_extras();
  return heed::testing::run_tool(app, argc, argv, [&] { dump_batches(app, config, count); });
}

#pragma once

#include <CLI/CLI.hpp>
#include <cstdio>
#include <string>

#include "core/process_settings.h"

namespace heed::testing {

// What main() of a tool is: the command line into what `app` was told, then `work`. The exit code.
template <class Work>
int run_tool(CLI::App& app, int argc, char** argv, Work work) {
  prepare_process();
  try {
    app.parse(argc, argv);
    work();
  } catch (const CLI::ParseError& error) {
    return app.exit(error);
  } catch (const std::exception& error) {
    std::fprintf(stderr, "%s: error: %s\n", app.get_name().c_str(), error.what());
    return 1;
  }
  return 0;
}

}  // namespace heed::testing

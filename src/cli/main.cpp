#include <c10/util/Exception.h>

#include <cstdio>
#include <exception>
#include <filesystem>
#include <new>
#include <string>
#include <string_view>

#include "cli/command_line.h"
#include "core/error.h"
#include "core/process_settings.h"

namespace {

constexpr int kRuntimeError = 1;
constexpr int kUsageError = 2;

int report(const std::string& message, int code) {
  std::fprintf(stderr, "heed: error: %s\n", message.c_str());
  return code;
}

// What LibTorch says, as one line; a failed allocation in plain words.
std::string library_text(std::string message) {
  constexpr std::string_view kAllocation = "you tried to allocate ";
  if (const size_t at = message.find(kAllocation); at != std::string::npos)
    return "not enough memory: " +
           message.substr(at + kAllocation.size(), message.find(" bytes", at) - at - kAllocation.size()) +
           " bytes were asked for at once; a smaller model or smaller batches need less";
  return message.substr(0, message.find('\n'));
}

}  // namespace

int main(int argc, char** argv) {
  heed::prepare_process();
  CLI::App app{"Heed trains attention-based sequence-to-sequence models: raw text to translations."};
  heed::add_commands(app);

  try {
    heed::run_command_line(app, argc, argv);
  } catch (const CLI::Success& asked) {
    return app.exit(asked);  // --help, --version
  } catch (const heed::ConfigError& error) {
    return report(error.what(), kUsageError);
  } catch (const c10::Error& error) {
    return report(library_text(error.what_without_backtrace()), kRuntimeError);
  } catch (const std::bad_alloc&) {
    return report("not enough memory", kRuntimeError);
  } catch (const std::filesystem::filesystem_error& error) {
    return report(error.path1().string() + ": " + error.code().message(), kRuntimeError);
  } catch (const std::exception& error) {
    return report(error.what(), kRuntimeError);
  }
  return 0;
}

#include <c10/util/Exception.h>

#include <cstdio>
#include <cstdlib>
#include <exception>
#include <filesystem>
#include <new>
#include <string>
#include <string_view>

#include "cli/command_line.h"
#include "core/error.h"
#include "core/failure_text.h"
#include "core/interruption.h"
#include "core/line_writer.h"
#include "core/printable.h"
#include "core/process_settings.h"

namespace {

constexpr int kRuntimeError = 1;
constexpr int kUsageError = 2;
constexpr int kUnverified = 3;

int report(const std::string& message, int code) {
  std::fprintf(stderr, "heed: error: %s\n", heed::printable(message).c_str());
  return code;
}

// What LibTorch says, as one line; a failed allocation in plain words.
std::string library_text(std::string message) {
  constexpr std::string_view kAllocation = "you tried to allocate ";
  if (const size_t at = message.find(kAllocation); at != std::string::npos)
    return "not enough memory: " +
           message.substr(at + kAllocation.size(), message.find(" bytes", at) - at - kAllocation.size()) +
           " bytes were asked for at once; a smaller model or smaller batches need less";
  constexpr std::string_view kOnGpu = "Tried to allocate ";
  if (const size_t at = message.find(kOnGpu); at != std::string::npos && message.starts_with("CUDA out of memory"))
    return "not enough memory on the GPU: " +
           message.substr(at + kOnGpu.size(), message.find(". ", at) - at - kOnGpu.size()) +
           " were asked for at once; a smaller model or smaller batches need less";
  return message.substr(0, message.find('\n'));
}

}  // namespace

int main(int argc, char** argv) {
  heed::prepare_process();
  CLI::App app{"Heed trains attention-based sequence-to-sequence models: raw text to translations."};
  heed::add_commands(app);

  try {
    heed::run_command_line(app, argc, argv);
  } catch (const heed::Interrupted& error) {
    std::_Exit(128 + error.signal());  // a library may still be computing in a thread of its own
  } catch (const heed::ReaderGone&) {
    return 0;
  } catch (const heed::ConfigError& error) {
    return report(error.what(), kUsageError);
  } catch (const heed::UnverifiedError& error) {
    return report(error.what(), kUnverified);
  } catch (const c10::Error& error) {
    return report(library_text(error.what_without_backtrace()), kRuntimeError);
  } catch (const std::bad_alloc&) {
    return report("not enough memory", kRuntimeError);
  } catch (const std::filesystem::filesystem_error& error) {
    return report(error.path1().string() + ": " + heed::failure_text(error.path1(), error.code().value()),
                  kRuntimeError);
  } catch (const std::exception& error) {
    return report(error.what(), kRuntimeError);
  }
  return 0;
}

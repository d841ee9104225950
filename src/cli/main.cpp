#include <c10/util/Exception.h>
#include <unistd.h>

#include <cerrno>
#include <climits>
#include <cstdio>
#include <cstdlib>
#include <exception>
#include <filesystem>
#include <new>
#include <string>
#include <string_view>
#include <system_error>

#include "cli/command_line.h"
#include "cli/library_text.h"
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

constexpr const char* kNoThread =
    "cannot start a thread: not enough memory, or too many processes (ulimit -v, ulimit -u)";

bool is_no_thread(const std::system_error& error) { return error.code() == std::errc::resource_unavailable_try_again; }

int report(const std::string& message, int code) {
  std::fprintf(stderr, "heed: error: %s\n", heed::printable(message).c_str());
  return code;
}

// What cannot be thrown any further, in a thread of a library or while another exception is under way. No allocation
// here: there may be no memory.
[[noreturn]] void end_in_one_line() {
  const auto end = [](std::string_view reason) {
    for (const std::string_view part : {std::string_view("heed: error: "), reason, std::string_view("\n")})
      if (write(STDERR_FILENO, part.data(), part.size()) < 0) break;
    _exit(kRuntimeError);
  };
  try {
    if (const std::exception_ptr error = std::current_exception()) std::rethrow_exception(error);
  } catch (const std::bad_alloc&) {
    end(heed::kNoMemory);
  } catch (const std::system_error& error) {
    if (is_no_thread(error)) end(kNoThread);
  } catch (...) {  // a fault of the program: let it be seen where
  }
  std::abort();
}

// LibTorch's matrix library looks for its own file as it is loaded and, where there is no working directory, ends the
// program in words of its own. So this comes before any library's initialisers, and does without them.
void require_working_directory() {
  char path[PATH_MAX];
  if (getcwd(path, sizeof path) || errno != ENOENT) return;
  constexpr std::string_view kGone = "heed: error: the working directory has been removed: cd to one that is there\n";
  [[maybe_unused]] const ssize_t written = write(STDERR_FILENO, kGone.data(), kGone.size());
  _exit(kRuntimeError);
}
[[gnu::section(".preinit_array"), gnu::used]] void (*const before_libraries)() = require_working_directory;

void run(int argc, char** argv) {
  CLI::App app{"Heed trains attention-based sequence-to-sequence models: raw text to translations."};
  heed::add_commands(app);
  heed::run_command_line(app, argc, argv);
}

}  // namespace

int main(int argc, char** argv) {
  heed::prepare_process();
  std::set_terminate(end_in_one_line);
  try {
    run(argc, argv);
  } catch (const heed::Interrupted& error) {
    std::_Exit(128 + error.signal());  // a library may still be computing in a thread of its own
  } catch (const heed::ReaderGone&) {
    return 0;
  } catch (const heed::ConfigError& error) {
    return report(error.what(), kUsageError);
  } catch (const heed::UnverifiedError& error) {
    return report(error.what(), kUnverified);
  } catch (const c10::Error& error) {
    return report(heed::library_text(error.what_without_backtrace()), kRuntimeError);
  } catch (const std::bad_alloc&) {
    return report(heed::kNoMemory, kRuntimeError);
  } catch (const std::filesystem::filesystem_error& error) {
    return report(error.path1().string() + ": " + heed::failure_text(error.path1(), error.code().value()),
                  kRuntimeError);
  } catch (const std::system_error& error) {
    return report(is_no_thread(error) ? kNoThread : error.what(), kRuntimeError);
  } catch (const std::exception& error) {
    return report(heed::library_text(error.what()), kRuntimeError);
  }
  return 0;
}

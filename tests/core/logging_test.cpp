#include "core/logging.h"

#include <gmock/gmock.h>

namespace heed {
namespace {

using testing::ElementsAre;

// Everything that is logged while it lives: by the sinks, and as written to standard error.
class Heard {
 public:
  Heard() : sink_(add_log_sink([this](LogLevel, const std::string& line) { lines.push_back(line); })) {
    set_log_writer([this](const std::string& text) { written += text; });
  }
  ~Heard() {
    remove_log_sink(sink_);
    set_log_writer([](const std::string&) {});
  }
  Heard(const Heard&) = delete;
  Heard& operator=(const Heard&) = delete;

  std::vector<std::string> lines;
  std::string written;

 private:
  int sink_;
};

TEST(Logging, ForeignTextIsOneLineThatGivesATerminalNoOrders) {
  Heard heard;
  log_info("wrote \x1b]0;title\x07/\xff\nheed: error: not ours");
  log_warning("\u202etxet");
  EXPECT_THAT(heard.lines,
              ElementsAre("wrote \\x1b]0;title\\x07/\\xff\\nheed: error: not ours", "warning: \\u202etxet"));
  EXPECT_EQ(heard.written, heard.lines[0] + "\n" + heard.lines[1] + "\n");
}

}  // namespace
}  // namespace heed

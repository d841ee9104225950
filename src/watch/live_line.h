#pragma once

#include <functional>
#include <mutex>
#include <string>

namespace heed {

// Where a live line is drawn.
struct Screen {
  std::function<void(const std::string&)> write;
  std::function<int()> columns;     // its width now, asked at every drawing; 0: no terminal
  std::function<double()> seconds;  // a clock that never goes back
};

// Standard error. It counts as no terminal where TERM is "dumb".
Screen stderr_screen();

// The last line of a terminal: redrawn in place, cut to the terminal's width, out of the way of what is logged (it is
// the log's writer while it lives). Where there is no terminal nothing is drawn and live() is false. Thread safe; at
// most one at a time.
class LiveLine {
 public:
  explicit LiveLine(Screen screen = stderr_screen());
  ~LiveLine();  // wipes it and gives the log its own writer back
  LiveLine(const LiveLine&) = delete;
  LiveLine& operator=(const LiveLine&) = delete;

  bool live() const { return live_; }
  int columns() const;  // that a text may have
  double seconds() const { return screen_.seconds(); }

  void show(const std::string& text);         // in place of what was shown; "": nothing
  void keep();                                // what is shown stays for good, the next text goes below
  void write_above(const std::string& text);  // which ends its lines itself

 private:
  Screen screen_;
  bool live_;
  std::mutex mutex_;
  std::string line_;
};

}  // namespace heed

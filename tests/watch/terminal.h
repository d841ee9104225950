#pragma once

#include <string>

#include "watch/live_line.h"

namespace heed::testing {

// A terminal's last row: what text written to it leaves to be seen, as far as a progress bar goes.
struct Terminal {
  std::string text;  // everything written
  int columns = 80;
  double now = 100;
  int writes = 0;

  Screen screen() {
    return {[this](const std::string& bytes) { ++writes, text += bytes; }, [this] { return columns; },
            [this] { return now; }};
  }

  // The rows on the screen after "\r ESC [ K" has wiped what stood in its row.
  std::string visible() const {
    std::string rows;
    for (size_t i = 0; i < text.size(); ++i) {
      if (text.compare(i, 4, "\r\x1b[K") == 0) {
        rows.erase(rows.rfind('\n') + 1);
        i += 3;
      } else {
        rows += text[i];
      }
    }
    return rows;
  }
};

}  // namespace heed::testing

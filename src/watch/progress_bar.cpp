#include "watch/progress_bar.h"

#include "watch/report_text.h"

namespace heed {

void ProgressBar::on_start(int64_t step, bool /*resumed*/) { time_left_.start(step); }

void ProgressBar::on_progress(const UpdateReport& report) {
  time_left_.update(report);
  last_ = report;
  if (line_.live() && line_.seconds() >= next_redraw_) redraw();
}

void ProgressBar::on_update(const UpdateReport& report) {
  time_left_.update(report);
  last_ = report;
  if (!line_.live()) line_.write_above(update_text(report, limits_, time_left_.seconds()) + "\n");
}

void ProgressBar::on_validation(const ValidationReport& report) { line_.write_above(validation_text(report) + "\n"); }

void ProgressBar::on_end(int64_t /*step*/, const std::string& /*why*/) {
  if (!line_.live() || last_.step == 0) return;
  redraw();
  line_.keep();
}

void ProgressBar::redraw() {
  next_redraw_ = line_.seconds() + 1 / kRedrawsPerSecond;
  line_.show(live_text(last_, limits_, time_left_, line_.columns()));
}

}  // namespace heed

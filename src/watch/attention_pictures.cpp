#include "watch/attention_pictures.h"

#include <fmt/format.h>

#include "core/atomic_file.h"
#include "core/error.h"
#include "core/logging.h"
#include "report/heat_map.h"
#include "watch/attention_view_of.h"

namespace heed {

void AttentionPictures::on_validation(const ValidationReport& report) {
  if (!report.attention || report.attention->layers.empty()) return;
  try {
    const AttentionView view = merge_to_words(attention_view_of(*report.attention));
    HeatMap map = heat_map(view, choose_attention(view, {AttentionKind::kCross, 0, 0}));
    map.title = fmt::format("Step {}: {}", report.step, map.title);
    std::filesystem::create_directories(directory_);
    write_file_atomically(directory_ / fmt::format("step-{:08}.svg", report.step), heat_map_svg(map));
  } catch (const std::exception& error) {
    if (!warned_) log_warning(fmt::format("no picture of the attention: {}", error.what()));
    warned_ = true;
  }
}

}  // namespace heed

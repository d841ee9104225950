#include "report/histogram.h"

#include <fmt/format.h>

#include <algorithm>
#include <stdexcept>

#include "core/count_text.h"
#include "report/svg.h"

namespace heed {
namespace {

constexpr double kWidth = 560, kHeight = 250, kMargin = 16, kFont = 12;
constexpr double kLeft = 68, kTop = 62, kBottom = 46, kGap = 8;
constexpr double kBaseline = kHeight - kBottom;

void check(const Histogram& histogram) {
  const auto& edges = histogram.edges;
  if (edges.size() < 2 || edges.size() != histogram.counts.size() + 1)
    throw std::invalid_argument("a histogram of " + std::to_string(edges.size()) + " edges and " +
                                std::to_string(histogram.counts.size()) + " counts");
  for (size_t i = 0; i < edges.size(); ++i)
    if (!can_be_drawn(edges[i], histogram.scale) || (i > 0 && edges[i] <= edges[i - 1]))
      throw std::invalid_argument("a histogram's edges must ascend and be numbers that its scale can hold");
}

Scale value_scale(const Histogram& histogram) {
  Scale scale = round_scale(histogram.edges.front(), histogram.edges.back(), histogram.scale);
  scale.from = kLeft;
  scale.to = kWidth - kMargin;
  return scale;
}

Scale count_scale(const Histogram& histogram) {
  const int64_t most = *std::max_element(histogram.counts.begin(), histogram.counts.end());
  Scale scale = scale_from_zero(static_cast<double>(std::max<int64_t>(most, 1)), 4);
  scale.from = kBaseline;
  scale.to = kTop;
  return scale;
}

std::string bin_text(const Histogram& histogram, size_t bin) {
  const bool is_open = histogram.last_is_open && bin + 1 == histogram.counts.size();
  const std::string range = is_open ? fmt::format("{:.4g} or more", histogram.edges[bin])
                                    : fmt::format("{:.4g} to {:.4g}", histogram.edges[bin], histogram.edges[bin + 1]);
  return range + " " + histogram.x_name + ": " + count_text(histogram.counts[bin]) + " " + histogram.unit;
}

std::string bars(const Histogram& histogram, const Scale& values, const Scale& counts) {
  std::string text;
  for (size_t bin = 0; bin < histogram.counts.size(); ++bin) {
    if (histogram.counts[bin] == 0) continue;
    const double left = values.at(histogram.edges[bin]), right = values.at(histogram.edges[bin + 1]);
    // A bin that few fall into is still seen.
    const double top = std::min(counts.at(static_cast<double>(histogram.counts[bin])), kBaseline - 1);
    text += fmt::format(
        "<rect class=\"ink\" x=\"{:.1f}\" y=\"{:.1f}\" width=\"{:.1f}\" height=\"{:.1f}\"><title>{}</title></rect>\n",
        left, top, std::max(right - left - 0.6, 0.6), kBaseline - top, markup_text(bin_text(histogram, bin)));
  }
  return text;
}

std::string grid(const Histogram& histogram, const Scale& values, const Scale& counts) {
  std::string path, numbers;
  for (const double count : counts.ticks) {
    path += fmt::format("M{:g} {:.1f}H{:g}", values.from, counts.at(count), values.to);
    numbers += fmt::format("<text class=\"muted right\" x=\"{:g}\" y=\"{:.1f}\">{}</text>\n", values.from - kGap,
                           counts.at(count) + kFont * 0.35, count_text(static_cast<int64_t>(count)));
  }
  for (const double value : values.ticks)
    numbers += fmt::format("<text class=\"muted\" text-anchor=\"middle\" x=\"{:.1f}\" y=\"{:g}\">{:g}</text>\n",
                           values.at(value), kBaseline + kFont + kGap / 2, value);
  numbers += fmt::format("<text class=\"muted right\" x=\"{:g}\" y=\"{:g}\">{}</text>\n", values.to,
                         kHeight - kMargin + kFont / 2, markup_text(histogram.x_name));
  return fmt::format("<path class=\"line\" d=\"{}\"/>\n", path) + numbers;
}

std::string marks(const Histogram& histogram, const Scale& values) {
  std::string text;
  for (const Histogram::Mark& mark : histogram.marks) {
    if (mark.value < histogram.edges.front() || mark.value > histogram.edges.back()) continue;
    const double x = values.at(mark.value);
    const double left = std::min(x + 3, values.to - text_width(mark.name, kFont));
    text += fmt::format("<path class=\"mark\" d=\"M{:.1f} {:g}V{:g}\"/>\n", x, kTop - kGap, kBaseline);
    text += fmt::format("<text class=\"muted\" x=\"{:.1f}\" y=\"{:g}\">{}</text>\n", left, kTop - kGap,
                        markup_text(mark.name));
  }
  return text;
}

}  // namespace

std::string histogram_svg(const Histogram& histogram) {
  check(histogram);
  const Scale values = value_scale(histogram), counts = count_scale(histogram);
  const std::string title = shortened_in_the_middle(histogram.title, kWidth - 2 * kMargin, 15);
  const std::string body = fmt::format("<text class=\"title\" x=\"{:g}\" y=\"{:g}\">{}</text>\n", kMargin, kMargin + 12,
                                       markup_text(title)) +
                           grid(histogram, values, counts) + bars(histogram, values, counts) + marks(histogram, values);
  return svg_document(kWidth, kHeight, histogram.title, body);
}

}  // namespace heed

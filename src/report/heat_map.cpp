#include "report/heat_map.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "report/heat_map_panel.h"
#include "report/svg.h"

namespace heed {

namespace {

std::string title_of(const AttentionMap& map) {
  constexpr const char* kNames[] = {"Encoder self-attention", "Decoder self-attention", "Cross-attention"};
  std::string title = kNames[static_cast<size_t>(map.kind)];
  title += map.layer > 0 ? fmt::format(", layer {}", map.layer) : ", average over layers";
  if (map.layer == 0 && map.head == 0) return title + " and heads";
  return title + (map.head > 0 ? fmt::format(", head {}", map.head) : ", average over heads");
}

}  // namespace

HeatMap heat_map(const AttentionView& view, const AttentionMap& map) {
  check_attention({view.source, view.target, view.target_input, {map}});
  return {title_of(map),
          std::string(query_axis_name(map.kind)),
          map.kind == AttentionKind::kDecoderSelf ? "target so far" : std::string(key_axis_name(map.kind)),
          query_axis(view, map.kind).tokens,
          key_axis(view, map.kind).tokens,
          map.weights};
}

std::string heat_map_svg(const HeatMap& map) {
  HeatMapPanel at = lay_out(map, comfortable_cell(map));
  const std::string below = map.weights.empty() ? "no weights" : axes_text(map);
  const double right =
      std::max({kMargin + at.width, kMargin + at.left + kLegendWidth, heading_end(map.title, axes_text(map))});
  const double bottom = kMargin + kHeading + at.height;
  at.left += kMargin;
  at.top += kMargin + kHeading;
  std::string body = heading_svg(map.title, below);
  const float largest = largest_weight(map);
  if (!map.weights.empty()) body += panel_svg(map, at, largest) + legend_svg(at.left, bottom, largest);
  return svg_document(std::ceil(right + kMargin), bottom + kLegendHeight + kMargin, map.title, body);
}

}  // namespace heed

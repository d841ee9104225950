#include "report/heat_map_sheet.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <span>

#include "report/heat_map_panel.h"
#include "report/svg.h"

namespace heed {

namespace {

constexpr double kPageWidth = 840, kBetween = 24, kTitleHeight = 24;
constexpr double kRoomForTitle = 240;  // at least

// Equal places for all maps, in rows.
struct Sheet {
  size_t columns = 1;
  double cell = kSmallestCell;
  double place = 0;  // its width

  double width() const { return kMargin * 2 + static_cast<double>(columns) * (place + kBetween) - kBetween; }
};

Sheet sheet_of(const std::vector<HeatMap>& maps, size_t columns, double cell) {
  Sheet sheet{columns, cell, 0};
  for (const HeatMap& map : maps)
    sheet.place = std::max({sheet.place, lay_out(map, cell).width, std::min(title_width(map.title), kRoomForTitle)});
  return sheet;
}

// As many maps beside each other as fit the page, then their cells as large as they may be, then room for long titles.
Sheet lay_out_sheet(const std::vector<HeatMap>& maps) {
  size_t columns = maps.size();
  while (columns > 1 && sheet_of(maps, columns, kSmallestCell).width() > kPageWidth) --columns;
  const size_t rows = (maps.size() + columns - 1) / columns;
  columns = (maps.size() + rows - 1) / rows;  // no row much shorter than the others
  double cell = kLargestCell;
  for (const HeatMap& map : maps) cell = std::min(cell, comfortable_cell(map));
  while (cell > kSmallestCell && sheet_of(maps, columns, cell).width() > kPageWidth) --cell;
  Sheet sheet = sheet_of(maps, columns, cell);
  double longest = 0;
  for (const HeatMap& map : maps) longest = std::max(longest, title_width(map.title));
  const double rest = std::max(0.0, kPageWidth - sheet.width()) / static_cast<double>(columns);
  sheet.place = std::clamp(longest, sheet.place, sheet.place + rest);
  return sheet;
}

std::string title_svg(const std::string& title, double left, double top, double place) {
  const std::string shown = shortened_in_the_middle(title, place / kBold, kTitleFont);
  return fmt::format("<text class=\"title\" x=\"{:g}\" y=\"{:g}\">{}{}</text>\n", left, top + 14, markup_text(shown),
                     shown == title ? "" : "<title>" + markup_text(title) + "</title>");
}

struct Row {
  std::string svg;
  double bottom = 0;
};

// The cells begin at one height, however long the labels above them are.
Row row_of(std::span<const HeatMap> maps, const Sheet& sheet, double top, float full_ink) {
  std::vector<HeatMapPanel> panels;
  double labels = 0, cells = 0;
  for (const HeatMap& map : maps) {
    panels.push_back(lay_out(map, sheet.cell));
    labels = std::max(labels, panels.back().top);
    cells = std::max(cells, panels.back().height - panels.back().top);
  }
  Row row{"", top + kTitleHeight + labels + cells};
  for (size_t i = 0; i < maps.size(); ++i) {
    const double left = kMargin + static_cast<double>(i) * (sheet.place + kBetween);
    panels[i].left += left;
    panels[i].top = row.bottom - cells;
    row.svg += title_svg(maps[i].title, left, top, sheet.place);
    if (!maps[i].weights.empty()) row.svg += panel_svg(maps[i], panels[i], full_ink);
  }
  return row;
}

}  // namespace

std::string heat_map_sheet_svg(const std::string& title, const std::vector<HeatMap>& maps) {
  const Sheet sheet = lay_out_sheet(maps);
  float full_ink = 0;
  for (const HeatMap& map : maps) full_ink = std::max(full_ink, largest_weight(map));
  const std::string axes = axes_text(maps.front());
  std::string body = heading_svg(title, axes);
  double bottom = kMargin + kHeading;
  for (size_t first = 0; first < maps.size(); first += sheet.columns) {
    const size_t count = std::min(sheet.columns, maps.size() - first);
    const double top = bottom + (first == 0 ? kGap : kBetween);
    const Row row = row_of(std::span(maps).subspan(first, count), sheet, top, full_ink);
    body += row.svg;
    bottom = row.bottom;
  }
  const double left = kMargin + lay_out(maps.front(), sheet.cell).left;
  body += legend_svg(left, bottom, full_ink);
  const double width = std::max({sheet.width(), left + kLegendWidth + kMargin, heading_end(title, axes) + kMargin});
  return svg_document(std::ceil(width), bottom + kLegendHeight + kMargin, title, body);
}

}  // namespace heed

#include <fmt/format.h>

#include "core/printable.h"
#include "report/sheet.h"
#include "report/svg.h"

namespace heed {
namespace {

// The colours of report/svg.h.
constexpr std::string_view kStyle = R"css(
:root { color-scheme: light dark; }
body {
  margin: 0 auto; padding: 1.25rem clamp(.75rem, 3vw, 2.5rem) 3rem; max-width: 76rem; background: #ffffff; color: #1d232b;
  font: 15px/1.45 system-ui, "Segoe UI", "DejaVu Sans", sans-serif;
}
h1 { font-size: 1.25rem; overflow-wrap: anywhere; }
h2 { font-size: 1.1rem; margin: 2rem 0 .4rem; overflow-wrap: anywhere; }
.findings { list-style: none; padding: 0; }
.findings > li { padding: .4rem .8rem; margin: .4rem 0; background: #f4f6f9; border-left: 4px solid #5b6673; }
.findings > li.grave { border-color: #b8560a; }
.findings ul { margin: .2rem 0; padding-left: 1.2rem; color: #5b6673; }
.findings li li { overflow-wrap: anywhere; }
.wide { overflow-x: auto; }
table { border-spacing: 0; }
th, td { text-align: left; padding: .15rem 1.5rem .15rem 0; font-weight: 400; vertical-align: top; }
th { color: #5b6673; }
td { font-variant-numeric: tabular-nums; }
.plots { display: flex; flex-wrap: wrap; gap: 1rem; margin-top: .6rem; }
.plots svg { max-width: 100%; height: auto; }
@media (prefers-color-scheme: dark) {
  body { background: #14181d; color: #e6eaf0; }
  .findings > li { background: #1d232b; border-color: #9aa6b4; }
  .findings > li.grave { border-color: #f2a05c; }
  .findings ul, th { color: #9aa6b4; }
}
)css";

std::string safe(const std::string& text) { return markup_text(printable(text)); }

std::string finding_item(const Sheet::Finding& finding) {
  std::string places;
  for (const std::string& place : finding.places) places += "<li>" + safe(place) + "</li>\n";
  if (!finding.rest.empty()) places += "<li>" + safe(finding.rest) + "</li>\n";
  if (!places.empty()) places = "\n<ul>\n" + places + "</ul>";
  return fmt::format("<li{}>{}{}</li>\n", finding.is_grave ? " class=\"grave\"" : "", safe(finding.text), places);
}

std::string table(const Sheet::Section& section) {
  std::string rows;
  if (!section.columns.empty()) {
    rows += "<tr><th></th>";
    for (const std::string& column : section.columns) rows += "<th scope=\"col\">" + safe(column) + "</th>";
    rows += "</tr>\n";
  }
  for (const Sheet::Row& row : section.rows) {
    rows += "<tr><th scope=\"row\">" + safe(row.name) + "</th>";
    const bool spans = row.values.size() == 1 && section.columns.size() > 1;
    for (const std::string& value : row.values)
      rows += fmt::format("<td{}>{}</td>", spans ? fmt::format(" colspan=\"{}\"", section.columns.size()) : "",
                          safe(value));
    rows += "</tr>\n";
  }
  return "<div class=\"wide\"><table>\n" + rows + "</table></div>\n";
}

std::string section_html(const Sheet::Section& section) {
  std::string plots;
  for (const Histogram& histogram : section.histograms) plots += histogram_svg(histogram);
  if (!plots.empty()) plots = "<div class=\"plots\">\n" + plots + "</div>\n";
  return "<h2>" + safe(section.title) + "</h2>\n" + table(section) + plots;
}

}  // namespace

std::string sheet_page(const Sheet& sheet) {
  std::string body = "<h1>" + safe(sheet.title) + "</h1>\n<ul class=\"findings\">\n";
  for (const Sheet::Finding& finding : sheet.findings) body += finding_item(finding);
  body += "</ul>\n";
  for (const Sheet::Section& section : sheet.sections) body += section_html(section);
  return fmt::format(
      "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n"
      "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n"
      "<title>{}</title>\n<style>{}</style>\n</head>\n<body>\n{}</body>\n</html>\n",
      safe(sheet.title), kStyle, body);
}

}  // namespace heed

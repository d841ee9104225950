#include <algorithm>

#include "core/printable.h"
#include "core/utf8.h"
#include "report/sheet.h"

namespace heed {
namespace {

size_t columns_of(const std::string& text) { return code_points(text).size(); }

std::string padded(const std::string& text, size_t width) {
  return text + std::string(width - std::min(width, columns_of(text)), ' ');
}

std::string finding_text(const Sheet::Finding& finding) {
  std::string text = std::string(finding.is_grave ? "! " : "- ") + printable(finding.text) + "\n";
  for (const std::string& place : finding.places) text += "    " + printable(place) + "\n";
  return finding.rest.empty() ? text : text + "    " + printable(finding.rest) + "\n";
}

// Columns as wide as what stands in them; the last one ragged.
std::string section_text(const Sheet::Section& section) {
  size_t name_width = 0;
  std::vector<size_t> widths;
  const auto widen = [&](const std::vector<std::string>& values) {
    if (widths.size() < values.size()) widths.resize(values.size());
    for (size_t i = 0; i < values.size() && values.size() > 1; ++i)
      widths[i] = std::max(widths[i], columns_of(printable(values[i])));
  };
  widen(section.columns);
  for (const Sheet::Row& row : section.rows) {
    name_width = std::max(name_width, columns_of(row.name));
    widen(row.values);
  }
  const auto line = [&](const std::string& name, const std::vector<std::string>& values) {
    std::string text = "  " + padded(name, name_width);
    for (size_t i = 0; i < values.size(); ++i)
      text += "  " + (i + 1 < values.size() ? padded(printable(values[i]), widths[i]) : printable(values[i]));
    return text + "\n";
  };
  std::string text = printable(section.title) + "\n";
  if (!section.columns.empty()) text += line("", section.columns);
  for (const Sheet::Row& row : section.rows) text += line(row.name, row.values);
  return text;
}

}  // namespace

std::string sheet_text(const Sheet& sheet) {
  std::string text = printable(sheet.title) + "\n\n";
  for (const Sheet::Finding& finding : sheet.findings) text += finding_text(finding);
  for (const Sheet::Section& section : sheet.sections) text += "\n" + section_text(section);
  return text;
}

}  // namespace heed

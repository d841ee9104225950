#include "report/systems_page.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <stdexcept>

#include "report/json_text.h"
#include "report/page.h"
#include "report/svg.h"
#include "report/systems_parts.h"
#include "report/text_tokens.h"

namespace heed {
namespace {

void check_systems(const SystemsView& view) {
  const auto require = [](bool holds, const char* what) {
    if (!holds) throw std::invalid_argument(what);
  };
  const size_t metrics = view.metrics.size(), systems = view.systems.size(), references = view.references.size();
  require(metrics > 0 && systems > 0 && references > 0, "a metric, a system and a reference are expected");
  for (const SystemsView::System& system : view.systems)
    require(system.results.size() == metrics, "a result of every metric is expected");
  for (const SystemsView::Line& line : view.lines)
    require(line.references.size() == references && line.translations.size() == systems &&
                line.scores.size() == systems * metrics,
            "a text of every reference and system, and a score of each by every metric, are expected");
}

template <class Items, class Form>
std::string list(const Items& items, Form form) {
  std::string json;
  for (const auto& item : items) json += (json.empty() ? "" : ",") + form(item);
  return "[" + json + "]";
}

std::string number(double value) { return std::isfinite(value) ? fmt::format("{:.4f}", value) : "null"; }

std::string line_json(const SystemsView::Line& line) {
  const auto texts = [](const std::vector<std::string>& all) {
    return list(all, [](const std::string& text) { return list(text_tokens(text), json_text); });
  };
  return fmt::format("\n{{\"r\":{},\"t\":{},\"s\":{}}}", texts(line.references), texts(line.translations),
                     list(line.scores, number));
}

std::string result_cell(const SystemsView::Result& result) {
  std::string cell = fmt::format("<td><b>{:.2f}</b>", result.score);
  if (result.interval)
    cell += fmt::format(" <span>{:.2f} ± {:.2f}</span>", result.interval->mean, result.interval->half_width);
  if (result.p_value) {
    const bool sure = *result.p_value < 0.05;
    cell +=
        fmt::format(" <span{}>p = {:.4f}{}</span>", sure ? " class=\"sure\"" : "", *result.p_value, sure ? "*" : "");
  }
  return cell + "</td>";
}

bool any_result(const SystemsView& view, bool (*has)(const SystemsView::Result&)) {
  return std::any_of(view.systems.begin(), view.systems.end(), [has](const SystemsView::System& system) {
    return std::any_of(system.results.begin(), system.results.end(), has);
  });
}

std::string score_table(const SystemsView& view) {
  std::string table = "<table class=\"scores\">\n<thead><tr><th>system</th>";
  for (const auto& metric : view.metrics) table += fmt::format("<th>{}</th>", markup_text(metric.name));
  table += "</tr></thead>\n<tbody>\n";
  for (const auto& system : view.systems) {
    const bool baseline = &system == view.systems.data() && view.systems.size() > 1;
    table += fmt::format("<tr><th>{}{}</th>", markup_text(system.name), baseline ? " <span>(baseline)</span>" : "");
    for (const auto& result : system.results) table += result_cell(result);
    table += "</tr>\n";
  }
  table += "</tbody>\n</table>\n<p class=\"hint\">";
  if (any_result(view, [](const SystemsView::Result& result) { return result.interval.has_value(); }))
    table += "± holds 95 of 100 samples of the lines. ";
  if (any_result(view, [](const SystemsView::Result& result) { return result.p_value.has_value(); }))
    table += "p: how probable so large a difference to the baseline is by chance; *: below 0.05.";
  table += "</p>\n<details><summary>Signatures</summary>\n";
  for (const auto& metric : view.metrics) table += fmt::format("<code>{}</code>\n", markup_text(metric.signature));
  return table + "</details>\n";
}

constexpr std::string_view kControls = R"html(<div class="controls">
<div><label class="name" for="filter">Filter</label>
<input id="filter" type="search" placeholder="text of any column" autocomplete="off"></div>
<div><span class="name" id="by-name"></span>
<div class="options" id="by" role="radiogroup" aria-labelledby="by-name"></div></div>
<div><span class="name" id="order-name">First</span>
<div class="options" id="order" role="radiogroup" aria-labelledby="order-name"></div></div>
)html";

constexpr std::string_view kLines = R"html(</div>
<p class="legend" id="legend"></p>
<p class="hint" id="count" role="status"></p>
</header>
<main>
<table class="lines">
<thead><tr id="columns"></tr></thead>
<tbody id="lines"></tbody>
</table>
<button id="more" type="button"></button>
</main>
)html";

}  // namespace

std::string systems_json(const SystemsView& view) {
  const auto metric = [](const SystemsView::Metric& one) {
    return fmt::format("{{\"name\":{},\"less\":{}}}", json_text(one.name), one.less_is_better);
  };
  const auto name = [](const SystemsView::System& system) { return json_text(system.name); };
  return fmt::format("{{\"metrics\":{},\"systems\":{},\"references\":{},\"lines\":{}}}\n", list(view.metrics, metric),
                     list(view.systems, name), list(view.references, json_text), list(view.lines, line_json));
}

std::string systems_page(const SystemsView& view, std::string_view title) {
  check_systems(view);
  const std::string body = fmt::format("<header>\n<h1>{}</h1>\n{}{}{}{}", markup_text(title), score_table(view),
                                       kControls, kThemeControl, kLines);
  return html_page({title, kSystemsStyle, body, systems_json(view), kSystemsScript});
}

}  // namespace heed
